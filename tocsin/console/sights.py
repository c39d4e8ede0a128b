"""What screens show of the words: previews, differences, how the last word went out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from tocsin.announcements import message
from tocsin.catalogue.tree import State
from tocsin.console import composing
from tocsin.console.composing import Scene
from tocsin.page import markup
from tocsin.statements.drafting import Overtaken
from tocsin.statements.published import Change, Kind, Layer, Publication, Words

TEXT_MESSAGE = 160


@dataclass(frozen=True, slots=True)
class Preview:
    """What readers of one language will get. ``short`` is meant for 160 characters."""

    language: str
    layer: Layer
    body: SafeString
    details: SafeString
    subject: str
    mail: str
    short: str

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
        short=composing.short_form(scene, words, language),
    )


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
class Line:
    """A line of a difference: ``whose`` is "theirs", "yours" or "both"."""

    whose: str
    label: str
    text: str


def difference_lines(error: Overtaken) -> list[Line]:
    """The difference that a race left, without a tool's marks."""
    return list(_lines(error.difference.splitlines()))


WHOSE = {"-": "theirs", "+": "yours", " ": "both"}


def _lines(lines: Iterable[str]) -> Iterable[Line]:
    for line in lines:
        if line.startswith(("---", "+++", "@@")):
            continue
        label, _sep, text = line[1:].partition(": ")
        yield Line(WHOSE.get(line[:1], "both"), label, text)
