"""What a correction changed, as a mail shows it: what stood there struck, what is right marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import Block, Fact
from tocsin.disclosure.correcting import Mark, Piece, former, latter
from tocsin.page import amendments
from tocsin.page.amendments import Amended
from tocsin.page.voice import Voice
from tocsin.statements.published import Publication

GONE = "text-decoration:line-through;color:#66625a"
NEW = "font-weight:600;text-decoration:underline"


@dataclass(frozen=True, slots=True)
class Shown:
    """Facts that were wrong, and the words that were."""

    facts: Sequence[Fact] = ()
    blocks: Sequence[Block] = ()


def shown(said: Publication, page: Brand, language: str) -> Shown:
    """What a publication puts right; nothing unless it is a correction."""
    if said.words is None or said.words.correction is None:
        return Shown()
    voice = Voice(language, page.time_zone, said.published_at)
    correction = said.words.correction
    nodes = shelf.components_of(page.id, retired=True).by_id() if correction.states else {}

    def called(key: str) -> str:
        return nodes[key].named(language) if key in nodes else ""

    told = list(amendments.amended(correction, voice, called))
    facts = [Fact(one.label, _turned(one), one.lang) for one in told if one.label]
    words = [_block(one) for one in told if not one.label]
    return Shown(facts, words)


def _turned(told: Amended) -> str:
    return " → ".join(piece.text for piece in told.pieces)


def _block(told: Amended) -> Block:
    was, now = former(told.pieces), latter(told.pieces)
    lines = [(_("It said:"), was), (_("It should have said:"), now)]
    text = "\n".join(f"{label} {words}" for label, words in lines if words)
    return Block(text, f"<p>{''.join(map(_marked, told.pieces))}</p>", told.lang)


def _marked(piece: Piece) -> str:
    if piece.mark is Mark.GONE:
        return f'<del style="{GONE}">{escape(piece.text)}</del> '
    if piece.mark is Mark.NEW:
        return f'<ins style="{NEW}">{escape(piece.text)}</ins>'
    return escape(piece.text)
