"""Django, Celery, PostgreSQL and the log: what every room stands on."""
