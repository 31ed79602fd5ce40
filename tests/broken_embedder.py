"""A module that fails when it is imported, as a shop's own may."""

raise ValueError("a fault of its own")
