"""How each cut of garment is put together."""
