"""An English and German shop whose texts have a column for each language."""
