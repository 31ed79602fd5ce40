"""Optional sub-apps, with models of their own; the core imports none of them."""
