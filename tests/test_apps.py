"""What a shop may do, and is told, before any model is loaded."""

import os
import subprocess
import sys

import pytest

from .processes import ROOT

WITHOUT_PSYCOPG_3 = """
import sys
sys.modules["psycopg"] = None
import django
django.setup()
"""


def test_a_shop_without_psycopg_3_is_told_how_to_get_it() -> None:
    """Django alone would name psycopg2, with which no query of ours would run."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PSYCOPG_3],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: vrs_app needs psycopg 3")
    assert 'pip install "psycopg[binary]' in last


@pytest.mark.parametrize("module", ["catalogue", "conf", "exceptions", "signals"])
def test_what_a_shop_subclasses_or_listens_to_can_be_imported_before_any_model(
    module: str,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import vrs_app.{module}"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
