"""Databases of shops as former versions left them, from which every migration must upgrade."""
