"""The write side: saved products become image rows, text rows and stored vectors."""
