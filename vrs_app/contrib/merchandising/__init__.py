"""Merchandising: pinned and hidden products, and the coverage of the recommendations."""
