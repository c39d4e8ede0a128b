"""What nobody meant to be told or built: the page stands, is whole, and loses nothing."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cast import NOON, a_component, a_page, an_incident, later
from tocsin.catalogue import shelf, tree
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.page import archive, disk, head, site
from tocsin.page.tests.compiling import answer, compiled, served
from tocsin.page.tests.telling import a_node, a_past, a_snapshot, a_story, a_tree, a_word
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.values import Layer

pytestmark = pytest.mark.django_db

DEEP, WIDE, MANY_WORDS = 20, 500, 300


def bare_page() -> shelf.Brand:
    return shelf.open_page(name="Bare", languages=("en", "fr"), by=TERMINAL, at=NOON)


def test_a_page_without_components_is_whole() -> None:
    page = bare_page()
    compiled(NOON)

    assert b"<h1" in served(page, "index.html")
    assert b"<h1" in served(page, "fr/index.html")
    assert answer(page, "components")["components"] == []
    assert answer(page, "status")["status"]["indicator"] == "none"


def test_a_tree_of_twenty_levels_is_on_the_page_down_to_the_last() -> None:
    page, parent = bare_page(), ""
    for level in range(DEEP):
        a_component(page, f"Level {level}", parent=parent)
        parent = f"level-{level}"
    an_incident(shelf.brand(page.id), component=parent)
    compiled(NOON)

    front = served(page, "index.html").decode()
    assert all(f">Level {level}<" in front for level in range(DEEP))
    assert served(page, f"c/{parent}")
    states = {one["name"]: one["status"] for one in answer(page, "components")["components"]}
    assert states["Level 0"] == "major_outage"
    last = " - ".join(f"Level {level}" for level in range(1, DEEP))
    assert states[last] == "major_outage"


def test_a_tree_past_what_can_be_drawn_is_refused_in_words_and_what_stands_stays() -> None:
    page, parent = bare_page(), ""
    for level in range(tree.DEEPEST):
        parent = a_component(page, f"Level {level}", parent=parent)

    with pytest.raises(shelf.CannotKeep, match=f"at most {tree.DEEPEST} deep"):
        a_component(page, "Deeper", parent=parent)

    site.compile(NOON)
    assert f">Level {tree.DEEPEST - 1}<" in served(page, "index.html").decode()


def test_five_hundred_components_each_have_their_place() -> None:
    nodes = [a_node(f"Node {number}") for number in range(WIDE)]
    snapshot = a_snapshot(tree=a_tree(*nodes))
    told = head.files(snapshot)

    front = told["index.html"].decode()
    assert all(f">Node {number}<" in front for number in range(WIDE))
    assert len(json.loads(told["api/v2/components.json"])["components"]) == WIDE
    last = archive.component(snapshot, nodes[-1], a_past(snapshot, nodes[-1]))
    assert f"<h1>Node {WIDE - 1}</h1>" in last[f"c/node-{WIDE - 1}/index.html"].decode()


def test_an_incident_of_three_hundred_words_keeps_each_of_them() -> None:
    numbers = range(1, MANY_WORDS + 1)
    story = a_story(*(a_word(number=n, body=f"Word {n}.", at=later(n)) for n in numbers))
    snapshot = a_snapshot(story, at=later(MANY_WORDS))
    told = head.files(snapshot)

    for place in ("", "fr/"):
        whole = told[f"{place}incidents/{story.incident_id}/index.html"].decode()
        assert all(f"Word {number}." in whole for number in numbers)
    [incident] = json.loads(told["api/v2/incidents.json"])["incidents"]
    assert len(incident["incident_updates"]) == MANY_WORDS


def test_a_language_that_is_half_filled_says_what_there_is() -> None:
    page = a_page()
    told = an_incident(page, layers={"en": Layer(headline="Half", body="Only in English.")})
    compiled(NOON)

    for path in (f"incidents/{told.incident_id}", f"fr/incidents/{told.incident_id}"):
        assert "Only in English." in served(page, path).decode()


@pytest.mark.parametrize("name", ["🔥", "🔥🔥🔥", "👩‍👩‍👧‍👦"])
def test_a_component_named_by_emoji_alone_is_refused_in_words(name: str) -> None:
    page = bare_page()

    with pytest.raises(shelf.CannotKeep, match="a name of letters or digits"):
        shelf.add_component(page.id, name=name, by=TERMINAL, at=NOON)


class FullDisk:
    """No byte more can be written from now on, as the system tells it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, why: int, *, after: int = 0) -> None:
        self.left, self._why = after, why
        monkeypatch.setattr(Path, "write_bytes", self._instead(Path.write_bytes))

    def _instead(self, usual: Any) -> Any:
        def write_bytes(path: Path, content: bytes) -> int:
            if self.left <= 0:
                raise OSError(self._why, os.strerror(self._why), str(path))
            self.left -= 1
            return int(usual(path, content))

        return write_bytes


def is_whole(front: bytes, incident_id: str, *, before: bytes) -> bool:
    """Either the old page to its last byte, or all of the new one."""
    is_new = f"/incidents/{incident_id}".encode() in front and front.endswith(b"</html>\n")
    return front == before or is_new


@pytest.mark.parametrize("why", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("after", [0, 1, 5, 20])
def test_a_disk_that_is_full_leaves_the_old_page_and_the_new_word_waits(
    monkeypatch: pytest.MonkeyPatch, why: int, after: int
) -> None:
    page = a_page()
    compiled(NOON)
    before = served(page, "index.html")
    told = an_incident(page, at=later(1))

    with monkeypatch.context() as full:
        FullDisk(full, why, after=after)
        with pytest.raises(OSError, match=os.strerror(why)):
            compiled(later(1))
        assert is_whole(served(page, "index.html"), told.incident_id, before=before)

    compiled(later(1))
    assert f"/incidents/{told.incident_id}".encode() in served(page, "index.html")
    assert answer(page, "incidents/unresolved")["incidents"][0]["id"] == told.incident_id
    assert served(page, f"incidents/{told.incident_id}")
    left = [path for path, _ in disk.files_under(site.directory_of(page)) if ".tmp" in path]
    assert left == []


def test_states_of_a_page_are_json_whatever_was_said() -> None:
    page = a_page(name="A\u202eB <b>")
    hostile = "<script>\u202e\u2066</script> [x](javascript:alert(1)) \u2028 ]]> --> "
    layers = {code: Layer(headline=hostile[:60], body=hostile) for code in ("en", "fr")}
    an_incident(page, layers=layers, state=State.MAJOR)
    compiled(NOON)

    for path in ("summary", "incidents", "status"):
        assert json.loads(json.dumps(answer(page, path)))
    assert b"<script>\xe2" not in served(page, "index.html")


def test_ten_megabytes_of_words_are_refused_in_words_and_nothing_is_kept() -> None:
    page = a_page()
    body = "word " * 2_000_000

    with pytest.raises(NotFitToSay, match="longer than"):
        an_incident(page, layers={"en": Layer(headline="Checkout is failing", body=body)})

    compiled(NOON)
    assert answer(page, "incidents")["incidents"] == []
    assert len(served(page, "index.html")) < len(body) / 100
