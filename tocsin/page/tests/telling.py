"""Plain builders for what a page is made of: no database, one small shop, one night."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, State, Tree, Words
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.page import named, windows
from tocsin.page.snapshot import Snapshot
from tocsin.page.windows import Past
from tocsin.statements import published
from tocsin.statements.published import Change, Kind, Layer, Publication, Span, Story

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=400)


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def a_brand(*, languages: tuple[str, ...] = ("en", "fr"), zone: str = "Etc/UTC") -> Brand:
    return Brand(
        id="page00000000",
        slug="linden",
        name="Linden",
        domain="",
        time_zone=zone,
        languages=languages,
        words={code: Words("Linden", "our service", "use it") for code in languages},
        contact="",
        is_default=True,
        audience_id="public000000",
        created_at=LONG_AGO,
        changed_at=LONG_AGO,
    )


def a_node(
    name: str,
    *children: Node,
    created_at: datetime = LONG_AGO,
    start_date: date | None = None,
    french: str = "",
    hides: bool = False,
) -> Node:
    """A component whose id and slug are its name in small letters; its children know it."""
    key = name.lower().replace(" ", "-")
    return Node(
        id=key,
        slug=key,
        name=name,
        description="",
        words={"fr": Words(french)} if french else {},
        position=1,
        showcase=True,
        only_show_if_degraded=hides,
        start_date=start_date,
        created_at=created_at,
        changed_at=created_at,
        parent_id=None,
        children=children,
    )


def a_tree(*roots: Node) -> Tree:
    return Tree(roots or (a_node("Shop", a_node("Checkout"), a_node("Cart")), a_node("Sign-in")))


def a_word(
    *,
    number: int = 1,
    incident: str = "incident0000",
    phase: Phase = Phase.INVESTIGATING,
    severity: Severity = Severity.SEV1,
    impacts: Mapping[str, State] | None = None,
    changes: Mapping[str, tuple[State, State]] | None = None,
    headline: str = "Checkout is failing for one in three",
    body: str = "Card payments are refused.",
    layers: Mapping[str, Layer] | None = None,
    names: Mapping[str, str] | None = None,
    next_word_at: datetime | None = None,
    turn_reason: Mapping[str, str] | None = None,
    details: str = "",
    at: datetime = NOON,
) -> Publication:
    impacts = {"checkout": State.MAJOR} if impacts is None else impacts
    changed = changes or {key: (state, state) for key, state in impacts.items()}
    layer = Layer(headline=headline, body=body, details=details)
    words = published.Words(
        name=names or {"en": "Checkout is failing", "fr": "Le paiement est en panne"},
        layers=layers or {"en": layer, "fr": layer},
        phase=phase,
        severity=severity,
        impacts=impacts,
        next_word_at=next_word_at,
        turn_reason=turn_reason or {},
    )
    return Publication(
        id=f"word{number:08d}",
        page_id="page00000000",
        audience_id="public000000",
        number=number,
        kind=Kind.WORD,
        incident_id=incident,
        words=words,
        changes=tuple(Change(key, old, new) for key, (old, new) in changed.items()),
        announces=True,
        published_at=at,
        digest="0" * 64,
    )


def a_story(*said: Publication) -> Story:
    told = said or (a_word(),)
    return Story(told[0].incident_id or "", told)


def a_closed_story(*, incident: str = "closed000000", at: datetime = NOON) -> Story:
    """An incident that was opened at ``at`` and resolved half an hour later."""
    return a_story(
        a_word(number=1, incident=incident, at=at),
        a_word(
            number=2,
            incident=incident,
            phase=Phase.RESOLVED,
            impacts={"checkout": State.OPERATIONAL},
            headline="Checkout is working again",
            at=at + timedelta(minutes=30),
        ),
    )


def a_snapshot(
    *stories: Story,
    tree: Tree | None = None,
    states: Mapping[str, State] | None = None,
    spans: tuple[Span, ...] = (),
    page: Brand | None = None,
    at: datetime = NOON,
) -> Snapshot:
    tree = tree or a_tree()
    told = [said.published_at for story in stories for said in story.publications]
    return Snapshot(
        page=page or a_brand(),
        url="https://status.linden.example",
        tree=tree,
        everything=tree,
        open=tuple(story for story in stories if story.is_open),
        recent=stories,
        spans=spans,
        states=_standing(stories) if states is None else states,
        touched={},
        number=len(told),
        revision=0,
        said_at=max(told, default=None),
        at=at,
    )


def a_past(snapshot: Snapshot, node: Node) -> Past:
    """What a component's page tells, of what the snapshot holds."""
    spans_of: dict[str, list[Span]] = {}
    for span in snapshot.spans:
        spans_of.setdefault(span.component_id, []).append(span)
    below = set(named.ids_below(snapshot, node))
    told = tuple(story for story in snapshot.recent if below & named.ids_in(story))
    return windows.past(
        node,
        spans_of,
        [story.placed_at for story in told if story.is_incident],
        told,
        planned_at=[story.placed_at for story in told if not story.is_incident],
        at=snapshot.at,
        zone=snapshot.page.time_zone,
        weights=snapshot.page.weights,
    )


def _standing(stories: tuple[Story, ...]) -> dict[str, State]:
    return {
        key: state
        for story in stories
        if story.is_open
        for key, state in story.words.impacts.items()
        if state != State.OPERATIONAL
    }
