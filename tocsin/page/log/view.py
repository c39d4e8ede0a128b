"""An entry of the public log as its page names it. Pure."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tocsin.page import labels
from tocsin.page.snapshot import Snapshot
from tocsin.page.voice import Voice
from tocsin.statements.published import Kind, Publication

DIGITS = 12  # of a fingerprint, where it is only to be recognised


@dataclass(frozen=True, slots=True)
class Entry:
    """``path`` is where it stands on the page, empty where nothing tells of it alone; ``lang`` is
    empty where the text is in the reader's language."""

    number: int
    at: SafeString
    kind: str
    text: str
    lang: str
    path: str
    digest: str
    is_redacted: bool


def entry(snapshot: Snapshot, said: Publication, voice: Voice) -> Entry:
    lang, text = _text(snapshot, said, voice.language)
    return Entry(
        number=said.number,
        at=voice.dated_time(said.published_at),
        kind=_kind(said),
        text=text,
        lang="" if lang == voice.language else lang,
        path=_path(said),
        digest=said.digest[:DIGITS],
        is_redacted=bool(said.redactions),
    )


def _kind(said: Publication) -> str:
    if said.kind == Kind.CORRECTION:
        return _("Correction")
    if said.kind == Kind.TRANSLATION:
        return _("Translation")
    if said.kind == Kind.PROGRESS:
        return _("What we promised")
    return labels.phase(said.words.phase) if said.words else _("Change of state")


def _text(snapshot: Snapshot, said: Publication, language: str) -> tuple[str, str]:
    """(language, text) of what was said, in a line."""
    if said.words is not None:
        lang, layer = said.layer(language)
        return lang, layer.headline or layer.body.partition("\n")[0]
    nodes = snapshot.everything.by_id()
    told = [
        _("{component}: {state}").format(
            component=nodes[change.component_id].named(language), state=labels.state(change.new)
        )
        for change in said.changes
        if change.component_id in nodes
    ]
    return language, ", ".join(told) or _("Change of state")


def _path(said: Publication) -> str:
    if not said.incident_id or said.words is None:
        return ""
    return f"{'maintenance' if said.words.window else 'incidents'}/{said.incident_id}"
