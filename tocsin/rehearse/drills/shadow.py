"""What a drill's page takes from the one in earnest: how it is set up, and nobody on it.

Written as a file that `tocsin apply` reads, so that everybody can see what was taken. Left out are
the contact, the domain, closed circles, hooks and keys, and of readers all but how many there are.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db.models import QuerySet

from tocsin.announcements.models import Subscription
from tocsin.catalogue import look, shelf
from tocsin.catalogue.models import Logo
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, Words
from tocsin.disclosure import policy
from tocsin.disclosure.consent import Consent, Spoken
from tocsin.disclosure.policy import Policy
from tocsin.rehearse.drills.ground import MARK
from tocsin.rehearse.scenario import Asked
from tocsin.statements import manners, policies

LONGEST_NAME = 100
FEWEST, MOST = 12, 300  # mailboxes of a drill
MOST_ROOMS = 20  # of one channel
READ_FIRST = (Spoken.INVESTIGATING, Spoken.IDENTIFIED, Spoken.MONITORING, Spoken.RESOLVED)


@dataclass(frozen=True, slots=True)
class Shadow:
    """A page's set-up. ``readers`` are how many mailboxes there are, by language; ``rooms`` how
    many machines and chat rooms, by channel and language."""

    page: Mapping[str, Any]
    readers: Mapping[str, int]
    rooms: Mapping[str, Mapping[str, int]]
    asks_besides: bool  # consent is asked though the page's own policy asks nobody


def cast(page: Brand, asked: Asked | None, folder: Path) -> Shadow:
    """The shadow of a page, its logos written into ``folder``. ``asked``: by the scenario."""
    kept = policies.policy_of(page.id)
    asks_besides = asked is not None and not kept.asks_anybody
    told: dict[str, Any] = {
        "slug": "drill",
        "name": f"{MARK} · {page.name}"[:LONGEST_NAME],
        "languages": list(page.languages),
        "time_zone": page.time_zone,
        "words": {code: _function(words) for code, words in page.words.items()},
        "weights": {name: float(share) for name, share in page.weights.spelled.items()},
        "look": _look(page, folder),
        "policy": policy.written(_asking(kept, asked) if asks_besides and asked else kept),
        "components": [_component(node) for node in shelf.components_of(page.id).roots],
    }
    if manner := _uncommented(manners.adopted(page.id).text):
        told["coach"] = manner
    return Shadow(told, _readers(page), _rooms(page), asks_besides)


def written(shadow: Shadow) -> str:
    """The file that `tocsin apply` reads."""
    return yaml.safe_dump({"pages": [dict(shadow.page)]}, allow_unicode=True, sort_keys=False)


def _function(words: Words) -> dict[str, str]:
    return {"function": words.function, "can_do": words.can_do}


def _component(node: Node) -> dict[str, Any]:
    told: dict[str, Any] = {"slug": node.slug, "name": node.name}
    if node.description:
        told["description"] = node.description
    if node.words:
        told["words"] = {
            code: _function(words) | ({"name": words.name} if words.name else {})
            for code, words in node.words.items()
        }
    told |= {"showcase": node.showcase, "only_show_if_degraded": node.only_show_if_degraded}
    if node.children:
        told["components"] = [_component(child) for child in node.children]
    return told


def _look(page: Brand, folder: Path) -> dict[str, Any]:
    worn = page.look
    told: dict[str, Any] = {"embed": asdict(worn.embed)}
    for scheme in look.SCHEMES:
        if colours := worn.colours(scheme):
            told[scheme] = colours
    if worn.css:
        told["css"] = worn.css
    for name, mark in (("logo", worn.logo), ("dark_logo", worn.dark_logo)):
        if mark:
            file = folder / f"{name}{Path(mark.file).suffix}"
            row = Logo.objects.filter(page_id=page.id, file=mark.file).values_list("content")
            file.write_bytes(bytes(row[0][0]))
            told[name] = file.name
    return told


def _asking(kept: Policy, asked: Asked) -> Policy:
    consent = Consent(
        asks=dict.fromkeys(READ_FIRST, asked.of), within=asked.within or timedelta(minutes=15)
    )
    return replace(kept, consents=dict.fromkeys(kept.consents, consent))


def _uncommented(text: str) -> str:
    """A file of the page's own without what was noted beside it."""
    told = yaml.safe_load(text) if text.strip() else None
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False) if told else ""


def _readers(page: Brand) -> dict[str, int]:
    """How many mailboxes there are to be in each language: some in every one, and never a crowd."""
    rows = _reading(page).filter(channel="email")
    counts = Counter(rows.values_list("language", flat=True))
    least = -(-FEWEST // len(page.languages))
    wanted = {code: max(counts[code], least) for code in page.languages}
    return _at_most(MOST, wanted)


def _rooms(page: Brand) -> dict[str, dict[str, int]]:
    """How many readers there are to be of each other channel that the page's readers use."""
    rows = _reading(page).exclude(channel="email").filter(language__in=page.languages)
    found: dict[str, dict[str, int]] = {}
    for (channel, code), count in sorted(Counter(rows.values_list("channel", "language")).items()):
        found.setdefault(channel, {})[code] = count
    return {channel: _at_most(MOST_ROOMS, wanted) for channel, wanted in found.items()}


def _reading(page: Brand) -> QuerySet[Subscription]:
    rows = Subscription.objects.filter(page_id=page.id, about="", unsubscribed_at=None)
    return rows.exclude(subscribed_at=None)


def _at_most(most: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """The same shares, of so many in all, and somebody in each."""
    share = min(1.0, most / sum(wanted.values()))
    return {code: max(1, int(count * share)) for code, count in wanted.items()}
