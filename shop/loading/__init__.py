"""Filling the shop with products: a drawn catalogue, or a folder of photos."""
