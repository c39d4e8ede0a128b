"""What a message says, whole and composed, before a channel fits it to its medium. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

# The same hues as the page's (its style sheet says why): alarm, trouble, planned, well.
BARS = {"sev1": "#b3202c", "sev2": "#c2571a", "sev3": "#a87400", "sev4": "#3f5f9e"}
WELL, PLAIN = "#2e7d5b", "#66625a"


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled line: "Still works: browsing, carts"."""

    label: str
    value: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A web address and what stands on it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    """Words as text and as HTML that was made safe already; ``language`` where it is another."""

    text: str
    html: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole message. ``preview`` is what a list of messages shows of it."""

    language: str
    sender: str
    eyebrow: str
    headline: str
    preview: str
    blocks: Sequence[Block]
    facts: Sequence[Fact] = ()
    boxed: Fact | None = None
    action: Link | None = None
    why: str = ""
    links: Sequence[Link] = ()
    bar: str = PLAIN
    words_language: str = ""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A sheet as its medium takes it: the whole body as text, and beside it HTML for mail."""

    text: str
    html: str = ""


def paragraph(words: str) -> Block:
    """Plain words as one block."""
    return Block(words, f"<p>{escape(words)}</p>")
