"""Create the login of the demo's admin."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

NAME = PASSWORD = "admin"  # noqa: S105


class Command(BaseCommand):
    """`manage.py demo_login`."""

    help = "Create the superuser admin with the password admin. Only where DEBUG is on."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("A login that everybody knows is for DEBUG only.")
        users = get_user_model().objects
        if users.filter(username=NAME).exists():
            # Its password may have been changed: it is left as it is.
            self.stdout.write(f"Login: {NAME} (it was there already)")
            return
        users.create_superuser(username=NAME, password=PASSWORD, email="")
        self.stdout.write(f"Login: {NAME}, password: {PASSWORD}")
