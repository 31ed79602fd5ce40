"""Shops whose product has a proxy, a parent or children; FAMILY says which is the product."""
