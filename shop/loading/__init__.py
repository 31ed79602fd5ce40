"""Filling the shop with products: the demo's clothes, or a folder of photos."""
