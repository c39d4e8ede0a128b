"""What a machine is told: JSON for Standard Webhooks, with every language that the words are in.

One publication is one event, below 20 kB whatever was written; what is cut says so, and where all
of it stands.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tocsin.announcements import asking
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels import prose
from tocsin.channels.stencil import Holes
from tocsin.disclosure.phases import STATUSPAGE, scheduled_status
from tocsin.page import address
from tocsin.page.statuspage import stamp
from tocsin.statements import published
from tocsin.statements.published import (
    Correction,
    Forecast,
    Kind,
    Layer,
    Publication,
    Story,
    Window,
    Words,
)

MOST_BYTES = 20_000  # what Standard Webhooks advises
SAID_OF_WORDS = {
    Kind.TRANSLATION: "translated",
    Kind.CORRECTION: "corrected",
    Kind.PROGRESS: "progress",
}
# Dropped first, in this order, where there is too much.
OPTIONAL = (
    *("details", "workaround", "still_works", "who", "cause"),
    *("lingering", "total", "customer_action"),
)
MOST_COMPONENTS = 100
Json = dict[str, Any]
Fact = TypeVar("Fact")


def event(said: Publication, page: Brand, gaps: Holes) -> bytes:
    """The body about one publication."""
    whole: Json = {
        "type": type_of(said),
        "timestamp": stamp(said.published_at),
        "data": _data(said, page, gaps.stand_in("token")),
    }
    return _within(whole, page.language)


def type_of(said: Publication) -> str:
    """What happened, as one name: ``incident.created``, ``maintenance.begun``, and so on."""
    if said.words is None:
        return "component.updated"
    about = "maintenance" if said.words.is_planned else "incident"
    if said.kind in SAID_OF_WORDS:
        return f"{about}.{SAID_OF_WORDS[said.kind]}"
    if said.words.is_planned:
        return f"maintenance.{said.words.phase.value}"
    if _is_first(said):
        return "incident.created"
    return "incident.resolved" if said.is_final else "incident.updated"


def _is_first(said: Publication) -> bool:
    """Whether an incident begins with it; planned work becomes one past its window."""
    story = _story(said)
    return story is None or story.as_incident().first.id == said.id


def _story(said: Publication) -> Story | None:
    return published.story(said.audience_id, said.incident_id) if said.incident_id else None


def _data(said: Publication, page: Brand, token: str) -> Json:
    told: Json = {
        "page": {"id": page.id, "name": page.name, "url": address.url_of(page)},
        "publication": _publication(said),
        "incident": _incident(said, said.words, page) if said.words else None,
        "update": _update(said.words.layers) if said.words else None,
        "correction": _correction(said.words.correction if said.words else None),
        "components": _components(said, page),
        "is_shortened": len(said.changes) > MOST_COMPONENTS,
        "preferences": asking.own_url(page, "preferences", token),
        "unsubscribe": asking.own_url(page, "unsubscribe", token),
    }
    return told


def _publication(said: Publication) -> Json:
    """Which word it is, and which one before it is about."""
    corrects = said.words.correction.number if said.words and said.words.correction else None
    return {
        "id": said.id,
        "number": said.number,
        "kind": said.kind.value,
        "corrects": corrects,
        "translates": said.translates or None,
    }


def _incident(said: Publication, words: Words, page: Brand) -> Json:
    story, url = _story(said), address.url_of(page)
    return {
        "id": said.incident_id,
        "name": words.name.get(page.language) or next(iter(words.name.values()), ""),
        "url": f"{url}/{address.path_of(story)}" if story else url,
        "phase": words.phase.value,
        "status": scheduled_status(words.phase) if words.window else STATUSPAGE[words.phase],
        "severity": words.severity.value,
        "impact": words.impact.value,
        "cause_side": words.cause_side.value,
        "certainty": words.certainty.value,
        "started_at": stamp(words.since),
        "ended_at": stamp(words.until),
        "data": words.data.value if words.data else None,
        "account_by": words.account_due.isoformat() if words.account_due else None,
        "next_word_by": stamp(words.next_word_at),
        "repair_expected": _range(words.forecast),
        "window": _window(words.window),
    }


def _window(window: Window | None) -> Json | None:
    if window is None:
        return None
    return {"starts_at": stamp(window.starts_at), "ends_at": stamp(window.ends_at)}


def _range(forecast: Forecast | None) -> Json | None:
    if forecast is None:
        return None
    return {"earliest": stamp(forecast.earliest), "latest": stamp(forecast.latest)}


def _update(layers: Mapping[str, Layer]) -> Json:
    return {language: _layer(layer) for language, layer in layers.items()}


def _correction(told: Correction | None) -> Json | None:
    """What an earlier word said and what is right; null where it stands."""
    if told is None:
        return None
    return {
        "number": told.number,
        "learned_at": stamp(told.learned_at),
        "severity": _turned(told.severity, str),
        "started_at": _turned(told.since, stamp),
        "ended_at": _turned(told.until, stamp),
        "data": _turned(told.data, str),
        "components": {key: _turned(pair, str) for key, pair in told.states.items()},
        "was": _update(told.was),
        "now": _update(told.now),
    }


def _turned(pair: tuple[Fact | None, Fact] | None, shown: Callable[[Fact], str | None]) -> Any:
    """Both values of a fact; the first is null where it was not told before."""
    if pair is None:
        return None
    before, after = pair
    return {"was": None if before is None else shown(before), "now": shown(after)}


def _layer(layer: Layer) -> Json:
    """Words in one language; Markdown, as they were written."""
    optional = {name: str(getattr(layer, name)) for name in OPTIONAL}
    kept = {name: words for name, words in optional.items() if words}
    return {"headline": layer.headline, "body": layer.body, **kept}


def _components(said: Publication, page: Brand) -> list[Json]:
    nodes = shelf.components_of(page.id, retired=True).by_id()
    return [
        {
            "id": change.component_id,
            "name": nodes[change.component_id].named(page.language),
            "old_status": change.old.value,
            "new_status": change.new.value,
        }
        for change in said.changes[:MOST_COMPONENTS]
        if change.component_id in nodes
    ]


def _within(whole: Json, language: str) -> bytes:
    """The body, with as much of the words as there is room for: the page's own language last."""
    body = written(whole)
    if len(body) <= MOST_BYTES:
        return body
    data = whole["data"]
    data["is_shortened"] = True
    corrected = data["correction"] or {"was": {}, "now": {}}
    told: tuple[Json, ...] = (corrected["was"], corrected["now"], data["update"] or {})
    layers = [one for layers in told for one in layers.items()]
    for name in OPTIONAL:
        for _, layer in layers:
            layer.pop(name, None)
        if len(body := written(whole)) <= MOST_BYTES:
            return body
    most = 3000
    while len(body := written(whole)) > MOST_BYTES and most > 50:
        for _, layer in sorted(layers, key=lambda one: one[0] == language):
            layer["body"] = prose.shortened(layer["body"], most)
        data["components"] = data["components"][: most // 30]
        most //= 2
    return body


def written(told: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """JSON as it is signed and sent."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
