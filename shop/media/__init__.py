"""Picture files: uploads, thumbnails, serving."""
