"""A shop whose photos, categories and tags are many-to-many, and which keeps versions."""
