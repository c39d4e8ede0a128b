"""What a machine is told: JSON for Standard Webhooks, with every language that the words are in.

One publication is one event, below 20 kB whatever was written; what is cut says so, and where all
of it stands.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.announcements import asking
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels import prose
from tocsin.channels.stencil import Holes
from tocsin.disclosure.phases import STATUSPAGE
from tocsin.page import address
from tocsin.page.statuspage import stamp
from tocsin.statements import published
from tocsin.statements.published import Forecast, Layer, Publication, Words

MOST_BYTES = 20_000  # what Standard Webhooks advises
OPTIONAL = ("details", "workaround", "still_works", "who", "cause")  # dropped first, in this order
MOST_COMPONENTS = 100
Json = dict[str, Any]


def event(said: Publication, page: Brand, gaps: Holes) -> bytes:
    """The body about one publication."""
    whole: Json = {
        "type": type_of(said),
        "timestamp": stamp(said.published_at),
        "data": _data(said, page, gaps.stand_in("token")),
    }
    return _within(whole, page.language)


def type_of(said: Publication) -> str:
    """What happened, as one name: ``incident.created``, ``incident.resolved``, and so on."""
    if said.words is None:
        return "component.updated"
    if _is_first(said):
        return "incident.created"
    return "incident.resolved" if said.is_final else "incident.updated"


def _is_first(said: Publication) -> bool:
    story = published.story(said.audience_id, said.incident_id) if said.incident_id else None
    return story is None or story.first.id == said.id


def _data(said: Publication, page: Brand, token: str) -> Json:
    told: Json = {
        "page": {"id": page.id, "name": page.name, "url": address.url_of(page)},
        "publication": {"id": said.id, "number": said.number, "kind": said.kind.value},
        "incident": _incident(said, said.words, page) if said.words else None,
        "update": _update(said.words) if said.words else None,
        "components": _components(said, page),
        "is_shortened": len(said.changes) > MOST_COMPONENTS,
        "preferences": asking.own_url(page, "preferences", token),
        "unsubscribe": asking.own_url(page, "unsubscribe", token),
    }
    return told


def _incident(said: Publication, words: Words, page: Brand) -> Json:
    there = said.incident_id
    return {
        "id": there,
        "name": words.name.get(page.language) or next(iter(words.name.values()), ""),
        "url": address.incident_url(page, there) if there else address.url_of(page),
        "phase": words.phase.value,
        "status": STATUSPAGE[words.phase],
        "severity": words.severity.value,
        "impact": words.impact.value,
        "cause_side": words.cause_side.value,
        "certainty": words.certainty.value,
        "started_at": stamp(words.since),
        "ended_at": stamp(words.until),
        "next_word_by": stamp(words.next_word_at),
        "repair_expected": _range(words.forecast),
    }


def _range(forecast: Forecast | None) -> Json | None:
    if forecast is None:
        return None
    return {"earliest": stamp(forecast.earliest), "latest": stamp(forecast.latest)}


def _update(words: Words) -> Json:
    return {language: _layer(layer) for language, layer in words.layers.items()}


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
    layers: dict[str, Json] = data["update"] or {}
    for name in OPTIONAL:
        for layer in layers.values():
            layer.pop(name, None)
        if len(body := written(whole)) <= MOST_BYTES:
            return body
    most = 3000
    while len(body := written(whole)) > MOST_BYTES and most > 50:
        for code in sorted(layers, key=lambda code: code == language):
            layers[code]["body"] = prose.shortened(layers[code]["body"], most)
        data["components"] = data["components"][: most // 30]
        most //= 2
    return body


def written(told: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """JSON as it is signed and sent."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
