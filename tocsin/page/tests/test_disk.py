import threading
from pathlib import Path

import pytest

from tocsin.page import disk


def release(directory: Path, number: int, revision: int = 0, **files: bytes) -> None:
    disk.release(directory, {"index.html": b"front", **files}, (number, revision))


def test_a_release_is_live_once_the_pointer_names_it(tmp_path: Path) -> None:
    release(tmp_path, 412, 3)

    assert (tmp_path / "live").read_text() == "412.3\n"
    assert (tmp_path / "releases" / "412.3" / "index.html").read_bytes() == b"front"
    assert disk.pointed_at(tmp_path) == (412, 3)


def test_one_name_leads_to_whatever_is_live(tmp_path: Path) -> None:
    (tmp_path / ".current.making").symlink_to("left by a process that was killed")
    for number in (1, 2):
        release(tmp_path, number)

    assert (tmp_path / "current").readlink() == Path("releases/2.0")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["current", "live", "releases"]


def test_where_links_cannot_be_made_the_pointer_is_enough(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "somebody's").touch()

    release(tmp_path, 1)

    assert disk.pointed_at(tmp_path) == (1, 0)


def test_nothing_is_live_where_the_pointer_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "live").write_bytes(b"\xff nonsense")

    assert disk.pointed_at(tmp_path) is None


def test_files_that_did_not_change_are_shared_with_their_twins(tmp_path: Path) -> None:
    release(tmp_path, 1, same=b"same", other=b"one")
    first = tmp_path / "releases" / "1.0"
    (first / "same.br").write_bytes(b"packed")
    (first / "other.br").write_bytes(b"packed")

    release(tmp_path, 2, same=b"same", other=b"two")

    second = tmp_path / "releases" / "2.0"
    assert (second / "same").samefile(first / "same")
    assert (second / "same.br").exists()
    assert (second / "other").read_bytes() == b"two"
    assert not (second / "other.br").exists()


def test_a_release_left_half_made_is_made_again(tmp_path: Path) -> None:
    release(tmp_path, 1)
    for name in (".2.0.making", "2.0"):
        (tmp_path / "releases" / name / "api").mkdir(parents=True)
        (tmp_path / "releases" / name / "torn").write_bytes(b"half")

    release(tmp_path, 2)

    assert disk.pointed_at(tmp_path) == (2, 0)
    assert [path for path, _ in disk.files_under(tmp_path / "releases" / "2.0")] == ["index.html"]


def test_a_few_releases_are_kept(tmp_path: Path) -> None:
    for number in range(1, 7):
        release(tmp_path, number)
        disk.prune(tmp_path)

    kept = sorted(path.name for path in (tmp_path / "releases").iterdir())
    assert kept == ["4.0", "5.0", "6.0"]


def test_replacing_a_file_takes_away_what_was_packed_from_it(tmp_path: Path) -> None:
    file = tmp_path / "a" / "index.html"
    disk.replace(file, b"old")
    (tmp_path / "a" / "index.html.br").write_bytes(b"packed")

    assert disk.replace(file, b"new")

    assert file.read_bytes() == b"new"
    assert [path.name for path in file.parent.iterdir()] == ["index.html"]


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    disk.replace(file, b"same")
    (tmp_path / "index.html.br").write_bytes(b"packed")

    assert not disk.replace(file, b"same")
    assert (tmp_path / "index.html.br").exists()


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a/.git/x", "a/", "a\\b"])
def test_no_file_is_placed_outside_the_page(path: str) -> None:
    with pytest.raises(disk.NoSuchPlace):
        disk.plain(path)


def test_two_who_write_wait_for_each_other(tmp_path: Path) -> None:
    order: list[str] = []
    inside, may_leave = threading.Event(), threading.Event()

    def first() -> None:
        with disk.locked(tmp_path):
            inside.set()
            may_leave.wait(5)
            order.append("first")

    def second() -> None:
        with disk.locked(tmp_path):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    inside.wait(5)
    threads[1].start()
    may_leave.set()
    for thread in threads:
        thread.join(5)

    assert order == ["first", "second"]
