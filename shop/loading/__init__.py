"""Filling the shop: with the drawn catalogue, or with a folder of photos."""
