"""A second database, in which old products are kept by their own key, and nothing else is."""

from typing import Any


class Router:
    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool | None:
        return app_label == "audited" if db == "archive" else None
