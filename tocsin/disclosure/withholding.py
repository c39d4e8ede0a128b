"""One source, two readings: what is withheld is marked in it, with a reason that readers may know.

``[[why | text]]``: inside everything is read; in public the reason stands in its place. Pure.

CannotShow      the source cannot be shown in public so; carries a sentence for each fault
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.disclosure import library

MARKED = re.compile(r"\[\[(?P<why>[^\[\]|]*)\|(?P<text>.*?)\]\]", re.DOTALL)
EDGES = ("[[", "]]")


class CannotShow(Exception):
    """``faults`` are sentences, each with its mend."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Withheld:
    """One passage that readers are not shown, and the reason that they are."""

    why: str
    text: str


def withheld(source: str) -> tuple[Withheld, ...]:
    """Every passage that is marked, in order."""
    return tuple(
        Withheld(" ".join(found["why"].split()), found["text"].strip())
        for found in MARKED.finditer(source)
    )


def public(source: str, language: str) -> str:
    """What readers are shown: none of what is withheld, wherever it stood. Raises CannotShow."""
    if found := list(faults(source, language)):
        raise CannotShow(found)
    return _shown(source, language)


def hidden_in(shown: str) -> int:
    """How many passages of what readers are shown stand for one that they are not."""
    forms = {_form(code).partition("{why}")[0] for code in library.LANGUAGES}
    return sum(map(shown.count, forms))


def inside(source: str) -> str:
    """What our own people read: all of it, with the marks taken off."""
    return MARKED.sub(lambda found: found["text"].strip(), source)


def faults(source: str, language: str) -> Iterator[str]:
    """What keeps a source from being shown in public, a sentence each with its mend."""
    shown = _shown(source, language)
    # A bracket before a mark would open another one in what is shown.
    if EDGES[0] in shown or any(edge in MARKED.sub("", source) for edge in EDGES):
        yield "A mark is not closed: write [[why | text]], and none inside another."
    for passage in withheld(source):
        if not passage.why:
            yield f"Say why “{_short(passage.text)}” is not shown: [[why | text]]."
        elif not passage.text:
            yield f"Nothing is marked behind “{passage.why}”. Take the mark away."
        elif _stands_in(passage.text, shown):
            yield (
                f"“{_short(passage.text)}” is marked, and stands elsewhere without a mark. Mark it "
                "there too, or mark more around it."
            )


def _form(language: str) -> str:
    """What readers see in the place of a passage."""
    form: str = library.kept("outline", language)["not_shown"]
    return form


def _shown(source: str, language: str) -> str:
    form = _form(language)
    return MARKED.sub(lambda found: form.format(why=" ".join(found["why"].split())), source)


def _stands_in(text: str, shown: str) -> bool:
    """However it is wrapped, and in whatever case."""
    return _plain(text) in _plain(shown)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 30 else words[:29] + "…"
