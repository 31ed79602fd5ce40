"""Helpers around Django, Celery, PostgreSQL and the log that every other package uses."""
