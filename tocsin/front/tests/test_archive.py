import asyncio
from pathlib import Path

import pytest

from tocsin.front.archive import Archive
from tocsin.front.tests.harness import write

PICTURE = b"\x89PNG" + b"x" * 996  # 1,000 bytes, and not to be packed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        write(tmp_path / f"{name}.png", PICTURE)
    return tmp_path


async def bodies_twice(archive: Archive, *paths: str) -> list[bool]:
    """Whether each path's second answer is the very one kept from the first round."""
    first = [await archive.find(path, {}) for path in paths]
    return [await archive.find(path, {}) is made for path, made in zip(paths, first, strict=True)]


def test_what_is_asked_for_again_is_not_read_again(folder: Path) -> None:
    archive = Archive(folder, limit=10_000)

    assert asyncio.run(bodies_twice(archive, "/a.png", "/b.png")) == [True, True]


def test_the_memory_is_bounded_and_the_longest_unasked_goes_first(folder: Path) -> None:
    archive = Archive(folder, limit=2_000)

    async def kept() -> list[bool]:
        a, b = await archive.find("/a.png", {}), await archive.find("/b.png", {})
        assert await archive.find("/a.png", {}) is a  # asked for again: b is the older one now
        await archive.find("/c.png", {})
        return [await archive.find("/a.png", {}) is a, await archive.find("/b.png", {}) is b]

    assert asyncio.run(kept()) == [True, False]


def test_a_file_larger_than_the_bound_is_served_and_not_kept(folder: Path) -> None:
    archive = Archive(folder, limit=500)

    assert asyncio.run(bodies_twice(archive, "/a.png")) == [False]


def test_another_policy_is_another_answer(folder: Path) -> None:
    write(folder / "index.html", "<!doctype html>")
    archive = Archive(folder, limit=10_000)

    async def policies() -> list[str]:
        found = [await archive.find("/", {"x-policy": value}) for value in ("one", "two")]
        return [dict(made.headers)["x-policy"] for made in found if made]

    assert asyncio.run(policies()) == ["one", "two"]


def test_folders_and_absent_files_are_nowhere(folder: Path) -> None:
    (folder / "empty").mkdir()
    archive = Archive(folder, limit=10_000)

    for path in ("/empty", "/empty/", "/none", "/a.png/", "/a.png/x"):
        assert asyncio.run(archive.find(path, {})) is None
