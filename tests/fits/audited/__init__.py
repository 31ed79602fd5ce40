"""A shop that keeps a record of every save, with pictures in a storage that overwrites."""
