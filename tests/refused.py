"""A question that PostgreSQL refuses, after which an open transaction takes no other."""

from django.db import connection


def ask_for_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
