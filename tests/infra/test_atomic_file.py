import os
from pathlib import Path

import pytest

from vrs_app.infra.atomic_file import atomic_write, require_writable


def test_a_file_is_there_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with atomic_write(path) as file:
        file.write(b"half, ")
        assert not path.exists()
        file.write(b"whole")
    assert path.read_bytes() == b"half, whole"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_until_then_and_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as file:
        file.write(b"new")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to("real")
    with atomic_write(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_others_may_read_it_as_any_file_of_this_user(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with atomic_write(tmp_path / "file"):
        pass
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_where_no_file_can_be_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"There is no folder .*absent"):
        atomic_write(tmp_path / "absent" / "file").__enter__()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        atomic_write(tmp_path).__enter__()
    (tmp_path / "link").symlink_to("absent/file")
    with pytest.raises(FileNotFoundError, match=r"There is no folder .*absent"):
        require_writable(tmp_path / "link")


def test_a_pipe_or_a_device_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(FileExistsError, match=f"{name} is a device or a pipe"):
            atomic_write(tmp_path / name).__enter__()
    assert (tmp_path / "pipe").is_fifo()


def test_a_folder_that_takes_no_file_is_known_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No file can be made in /proc"):
        require_writable(Path("/proc/file"))
    require_writable(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []
