"""The write side: saved products become image rows, words, claims and stored vectors."""
