"""Exporting vectors with the keys of their products, for a shop's own machine learning."""

from .to_file import SUFFIXES, export

__all__ = ["SUFFIXES", "export"]
