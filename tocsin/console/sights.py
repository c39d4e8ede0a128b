"""What screens show of the words: previews, differences, how the last word went out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from tocsin.announcements import message, rooms
from tocsin.catalogue.tree import State
from tocsin.channels.sheet import Sheet
from tocsin.console import labels
from tocsin.console.scene import Scene, short_form
from tocsin.disclosure import library
from tocsin.disclosure.coach.elements import MOST_IN_BODY, words_in
from tocsin.disclosure.phases import FINAL
from tocsin.page import markup
from tocsin.statements.drafting import Overtaken
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.published import Change, Kind, Layer, Publication, Words

TEXT_MESSAGE = 160


@dataclass(frozen=True, slots=True)
class Length:
    """How long a layer has become; ``most`` is None where it may be as long as it likes."""

    layer: str
    count: int
    of: str
    most: int | None = None

    @property
    def is_over(self) -> bool:
        return self.most is not None and self.count > self.most


@dataclass(frozen=True, slots=True)
class Preview:
    """What readers of one language will get. ``short`` is meant for 160 characters."""

    language: str
    layer: Layer
    body: SafeString
    details: SafeString
    subject: str
    mail: str
    room: Sheet
    short: str
    side: str
    lengths: tuple[Length, ...]

    @property
    def room_blocks(self) -> list[SafeString]:
        """The words of a chat's message, as HTML that was cleaned already."""
        return [mark_safe(block.html) for block in self.room.blocks]

    @property
    def short_is_long(self) -> bool:
        return len(self.short) > TEXT_MESSAGE


def previews(scene: Scene, words: Words) -> list[Preview]:
    """The word as page, mail and short form show it, for each language it is said in."""
    said = as_if_said(scene, words)
    return [_preview(scene, said, words, language) for language in words.layers]


def _preview(scene: Scene, said: Publication, words: Words, language: str) -> Preview:
    layer = words.layers[language]
    subject, mail, _html = message.preview(said, scene.page, language=language)
    return Preview(
        language=language,
        layer=layer,
        body=safely(layer.body),
        details=safely(layer.details),
        subject=subject,
        mail=mail,
        room=rooms.sheet_of([said], scene.page, language, message.holes()),
        short=short_form(scene, words, language),
        side=_side(words, layer, language),
        lengths=tuple(_lengths(words, layer)),
    )


def _side(words: Words, layer: Layer, language: str) -> str:
    """Whose side the cause is on, as the page says it."""
    with translation.override(language):
        return message.whose_side(words, layer.cause)


def _lengths(words: Words, layer: Layer) -> Iterator[Length]:
    """How long each of the three layers is (R-21); the account of what is over has no limit."""
    most = None if words.phase in FINAL else MOST_IN_BODY
    yield Length(_("Headline"), len(layer.headline), _("characters"), HEADLINE_LENGTH)
    yield Length(_("Words"), words_in(layer.body), pgettext("length", "words"), most)
    yield Length(_("Details"), words_in(layer.details), pgettext("length", "words"))


def safely(text: str) -> SafeString:
    """Markdown as HTML that was cleaned already."""
    return mark_safe(markup.html_of(text))


def as_if_said(scene: Scene, words: Words) -> Publication:
    """The publication that these words would become."""
    before = scene.known.impacts
    changes = tuple(
        Change(key, before.get(key, State.OPERATIONAL), state)
        for key, state in words.impacts.items()
    )
    return Publication(
        id="preview00000",
        page_id=scene.page.id,
        audience_id=scene.page.audience_id,
        number=scene.last_number + 1,
        kind=Kind.WORD,
        incident_id=scene.known.id,
        words=words,
        changes=changes,
        announces=True,
        published_at=scene.at,
        digest="",
    )


@dataclass(frozen=True, slots=True)
class Differing:
    """What a race left different: theirs and yours under one label."""

    label: str
    theirs: tuple[str, ...]
    yours: tuple[str, ...]


def differing(error: Overtaken, scene: Scene) -> list[Differing]:
    """The difference that a race left, without a tool's marks, in the order of the form."""
    return differences(error.difference, scene)


def differences(told: str, scene: Scene) -> list[Differing]:
    """What differs between two words (``drafting.difference``), label by label."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for line in told.splitlines():
        if line[:1] not in SIDES or line.startswith(("---", "+++")):
            continue
        name, _sep, text = line[1:].partition(": ")
        found.setdefault(name, ([], []))[SIDES[line[0]]].append(_readable(name, text, scene))
    return [
        Differing(_label(name), tuple(theirs), tuple(yours))
        for name, (theirs, yours) in found.items()
        if theirs != yours
    ]


SIDES = {"-": 0, "+": 1}
NEXT_WORD = "next word by"


def _readable(name: str, text: str, scene: Scene) -> str:
    """A stamp as a time that people read; anything else as it is."""
    if name != NEXT_WORD or text == "-":
        return text
    return scene.spoken(datetime.fromisoformat(text), get_language() or "en")


def _label(name: str) -> str:
    """What a part of the words is called in the form: "headline (en)" and the like."""
    part, _sep, language = name.partition(" (")
    named = {
        "headline": _("Headline"),
        "body": _("Words"),
        "details": _("Details"),
        "phase": _("Phase"),
        "severity": _("Severity"),
        NEXT_WORD: pgettext("owed", "Next word by"),
        "repair forecast": _("Repair forecast"),
        "less often": _("Why words come less often"),
    }
    label = named.get(part) or _blank(part)
    code = language.rstrip(")")
    return f"{label} · {labels.language(code)}" if code else label


def _blank(part: str) -> str:
    key = {"cause": "cause_plain"}.get(part, part)
    spoken = get_language() or "en"
    return library.form(key, spoken).label
