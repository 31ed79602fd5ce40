"""No command of ours ends by a stack trace where its surroundings are away."""

import os
import subprocess
import sys

import pytest

from ..processes import ROOT

AWAY = "postgresql://nobody@127.0.0.1:9/nowhere"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["vrs_embed"],
        ["vrs_reconcile"],
        ["vrs_switch", "1"],
        ["vrs_drop", "1", "--no-input"],
        ["vrs_duplicates"],
        ["vrs_export", "vectors.npz"],
        ["vrs_coverage"],
        ["vrs_history", "--prune"],
        ["vrs_history", "--user", "anna", "--export", "-"],
    ],
    ids=lambda command: " ".join(command),
)
def test_a_database_that_is_away_is_told_in_a_sentence(command: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": AWAY},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "The database does not answer" in ended.stderr
    assert "Traceback" not in ended.stderr
