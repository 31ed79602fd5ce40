"""An English and German shop whose titles are rows of django-parler's."""
