from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from vrs_app.models import EmbeddingSpace

from ..conftest import LookAlikes

pytestmark = pytest.mark.django_db


def export(path: Path, *words: str, **options: object) -> str:
    out = StringIO()
    call_command("vrs_export", str(path), *words, stdout=out, **options)
    return out.getvalue()


@pytest.mark.usefixtures("look_alikes")
def test_it_says_how_many_are_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "vectors.npz"
    assert export(path) == f"24 vectors written to {path}.\n"
    assert "24vector" in capsys.readouterr().err
    assert np.load(path)["vectors"].shape == (24, 1728)
    assert export(path, "--main", "--visible", verbosity=0) == ""
    assert capsys.readouterr().err == ""


def test_an_unknown_space_is_refused_and_the_known_ones_are_named(
    look_alikes: LookAlikes, tmp_path: Path
) -> None:
    space = EmbeddingSpace.objects.get()
    with pytest.raises(CommandError, match="There is no space 987654") as caught:
        export(tmp_path / "vectors.npz", "--space", "987654")
    assert f"{space.pk} ({space})" in str(caught.value)
    assert "24 vectors" in export(tmp_path / "vectors.npz", "--space", str(space.pk))


@pytest.mark.usefixtures("look_alikes")
def test_where_it_cannot_write_it_says_why(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        export(tmp_path / "absent" / "vectors.npz")
    with pytest.raises(CommandError, match="has to end in"):
        export(tmp_path / "vectors.parquet")


def test_before_anything_is_embedded_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"Run: manage\.py vrs_embed"):
        export(tmp_path / "vectors.csv")
