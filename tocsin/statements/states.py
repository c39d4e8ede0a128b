"""Component states as published: the worst of all that is open, and the stretches it lasted."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from tocsin.catalogue.tree import State, worst
from tocsin.journal import bulk
from tocsin.journal.compiled import Compiled
from tocsin.statements import published, stretches
from tocsin.statements.models import Span, Standing

AT_ONCE = 300  # rows of one statement


def take(
    audience_id: str,
    incident_id: str | None,
    said: Mapping[str, State],
    *,
    at: datetime,
    effective_at: datetime | None = None,
) -> list[tuple[str, str, str]]:
    """Take in what an incident (or an override) now says of components.

    ``effective_at`` is when the public was told that the change happened, ``at`` when not told.
    Returns (component id, old, new) of every component spoken of, as page-wide states.
    """
    standing = _standing(audience_id, list(said))
    before = {key: worst(list(standing[key].values())) for key in said}
    for component_id, state in said.items():
        _stand(audience_id, component_id, incident_id, state, standing[component_id])
    after = {key: worst(list(standing[key].values())) for key in said}
    for component_id in said:
        if before[component_id] != after[component_id]:
            _turn(audience_id, component_id, after[component_id], effective_at or at, at)
    return [(key, before[key].value, after[key].value) for key in said]


def reaches_back(audience_id: str, component_ids: Collection[str], *, to: datetime) -> bool:
    """Whether something changed since ``to``, so that a change from then on needs a retelling.

    At that very moment too: where one trouble ends as the next begins, it was one stretch.
    """
    spans = Span.objects.filter(audience_id=audience_id, component_id__in=component_ids)
    return spans.filter(Q(since__gte=to) | Q(until__gte=to)).exists()


def retell(audience_id: str, component_ids: Collection[str]) -> None:
    """Lay some components' stretches out anew, from all that was said of them."""
    said = published.speaking_of(audience_id, component_ids)
    lay_out(audience_id, component_ids, stretches.laid(stretches.voices(said)))


def lay_out(
    audience_id: str, component_ids: Collection[str], told: Mapping[str, Sequence[published.Span]]
) -> None:
    """Let some components' stretches be these; what stands already stays."""
    fresh = [span for key in component_ids for span in told.get(key, ())]
    rows = Span.objects.filter(audience_id=audience_id, component_id__in=component_ids)
    standing = {(r.component_id, State(r.state), r.since, r.until): r.pk for r in rows}
    wanted = {(s.component_id, s.state, s.since, s.until) for s in fresh}
    gone = [pk for key, pk in standing.items() if key not in wanted]
    for start in range(0, len(gone), AT_ONCE):
        rows.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    Span.objects.bulk_create(
        (
            Span(audience_id=audience_id, component_id=key, state=state, since=since, until=until)
            for key, state, since, until in sorted(wanted - set(standing), key=str)
        ),
        batch_size=AT_ONCE,
    )


def overridden(audience_id: str) -> set[str]:
    """The components whose state was changed without words, and still is."""
    return {key for key, _ in _OVERRIDES.tuples(audience_id)}


def overrides(audience_id: str) -> dict[str, State]:
    """What was said without words of each component that is not operational by that."""
    return {key: State(state) for key, state in _OVERRIDES.tuples(audience_id)}


def _of_components(
    audience_id: str, *component_ids: str
) -> "QuerySet[Standing, tuple[str, str | None, str]]":
    rows = Standing.objects.filter(audience_id=audience_id, component_id__in=component_ids)
    return rows.values_list("component_id", "incident_id", "state")


# Asked with each change of state: the SQL is written once.
FEW = 20  # components at once, of which each number has its own SQL
_OF_COMPONENTS = Compiled(_of_components)
_OVERRIDES = Compiled(
    lambda audience: Standing.objects.filter(audience_id=audience, incident_id=None).values_list(
        "component_id", "state"
    )
)
_LAST = Compiled(
    lambda audience, component: (
        Span.objects.filter(audience_id=audience, component_id=component)
        .order_by("-since", "-id")
        .values_list("since", "until")[:1]
    )
)

_OF_NONE = " WHERE audience_id = %s AND component_id = %s AND incident_id IS NULL"
_OF_INCIDENT = " WHERE audience_id = %s AND component_id = %s AND incident_id = %s"
_SAY = "UPDATE statements_standing SET state = %s"
_UNSAY = "DELETE FROM statements_standing"
_END = """
    UPDATE statements_span SET until = %s
    WHERE audience_id = %s AND component_id = %s AND until IS NULL
"""


def _standing(audience_id: str, component_ids: list[str]) -> dict[str, dict[str | None, State]]:
    """What each incident, or an override (None), now says of some components."""
    told: dict[str, dict[str | None, State]] = {key: {} for key in component_ids}
    is_few = 0 < len(component_ids) <= FEW
    ask = _OF_COMPONENTS.tuples if is_few else _of_components
    for component_id, incident_id, state in ask(audience_id, *component_ids):
        told[component_id][incident_id] = State(state)
    return told


def _stand(
    audience_id: str,
    component_id: str,
    incident_id: str | None,
    state: State,
    before: dict[str | None, State],
) -> None:
    """Let an incident say this of a component, as ``before`` has it from then on too."""
    of = _OF_INCIDENT if incident_id else _OF_NONE
    key = [audience_id, component_id, *([incident_id] if incident_id else [])]
    was = before.pop(incident_id, None)
    if state == State.OPERATIONAL:
        if was is not None:
            _do(_UNSAY + of, key)
        return
    before[incident_id] = state
    if was is None:
        row = (audience_id, component_id, incident_id, state)
        bulk.insert(Standing, ("audience", "component", "incident", "state"), [row])
    elif was != state:
        _do(_SAY + of, [state.value, *key])


def _turn(
    audience_id: str, component_id: str, state: State, told_at: datetime, at: datetime
) -> None:
    """End the stretch that runs and begin the next one, never before the last one began."""
    last = next(iter(_LAST.tuples(audience_id, component_id)), None)
    floor = (last[1] or last[0]) if last else None
    moment = max(told_at, floor) if floor else told_at
    moment = min(moment, at) if floor is None or floor <= at else at
    _do(_END, [connection.ops.adapt_datetimefield_value(moment), audience_id, component_id])
    if state != State.OPERATIONAL:
        row = (audience_id, component_id, state, moment, None)
        bulk.insert(Span, ("audience", "component", "state", "since", "until"), [row])


def _do(sql: str, values: Sequence[str | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
