"""How long each component was in what state, from all that was said of it. Pure.

An incident's effect begins when its first word says that it began, as corrected since, and ends
when its last word says that it ended; between them a change counts from its publication. Where
several incidents, or an override, speak of one component at one time, the worst of them holds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from tocsin.catalogue.tree import State, worst
from tocsin.disclosure.phases import PLANNED, Phase
from tocsin.statements.published import Publication, Span
from tocsin.statements.values import Words


@dataclass(frozen=True, slots=True)
class Step:
    """From ``at`` on, one voice says these states."""

    at: datetime
    states: dict[str, State]


def spans(said: Sequence[Publication], component_id: str) -> tuple[Span, ...]:
    """A component's stretches of trouble, in order; ``said`` are all publications that name it."""
    return laid(voices(said)).get(component_id, ())


Voice = list[tuple[datetime, State]]


def laid(voices: Iterable[list[Step]]) -> dict[str, tuple[Span, ...]]:
    """The stretches of every component that some voices speak of, by component."""
    told: dict[str, list[Voice]] = {}
    for steps in voices:
        for key in dict.fromkeys(key for step in steps for key in step.states):
            told.setdefault(key, []).append(_of_component(steps, key))
    return {key: tuple(_stretches(key, heard)) for key, heard in told.items()}


def _of_component(steps: Iterable[Step], component_id: str) -> Voice:
    """What one voice says of a component; of what it says of one moment the last counts."""
    told = {step.at: step.states[component_id] for step in steps if component_id in step.states}
    return list(told.items())


def _stretches(component_id: str, voices: Sequence[Voice]) -> Iterator[Span]:
    """The worst of all voices, from moment to moment, as they stand by then."""
    turns = sorted((at, index, state) for index, voice in enumerate(voices) for at, state in voice)
    now: dict[int, State] = {}
    last: Span | None = None
    for at, together in groupby(turns, key=itemgetter(0)):
        for _, index, state in together:
            now[index] = state
            if state == State.OPERATIONAL:
                del now[index]
        state = worst(list(now.values()))
        if last and last.state == state:
            continue
        if last:
            yield replace(last, until=at)
        last = Span(component_id, state, at, None) if state != State.OPERATIONAL else None
    if last:
        yield last


def voices(said: Iterable[Publication]) -> Iterator[list[Step]]:
    """What each incident says over time; an override is a voice of its own."""
    told: dict[str | None, list[Publication]] = {}
    for publication in said:
        told.setdefault(publication.incident_id, []).append(publication)
    for incident_id, publications in told.items():
        if incident_id is None:
            yield [Step(one.published_at, dict(one.overrides)) for one in publications]
        else:
            yield steps_of(publications)


def steps_of(publications: Iterable[Publication]) -> list[Step]:
    """An incident's changes in order of time, with its edges where they are now said to be."""
    said = [one for one in publications if one.words is not None]
    told = [(one.words, one.published_at) for one in put_right(said) if one.words]
    if any(words.window for words, _ in told):
        return list(_of_planned_work(told))
    steps: list[Step] = []
    edges = _Edges()
    for words, at in told:
        edges.hear(words, at, len(steps))
        steps += _told(words, at)
    return edges.set_in(steps)


def put_right(said: Sequence[Publication]) -> list[Publication]:
    """An incident's words, each with the states that it should have told, as corrected since."""
    told = list(said)
    for number, later in enumerate(said):
        if later.words is None or later.words.correction is None:
            continue
        first = _place_of(later.words.correction.of, told)
        for key, (was, now) in later.words.correction.states.items():
            places = list(shared(told[:number], first, key, was))
            for place in places:
                told[place] = _stating(told[place], key, now)
            _let_it_end(told, places, key)
    return told


def _let_it_end(told: list[Publication], places: Sequence[int], key: str) -> None:
    """The word that said that it was over ends it also for what no word had named before."""
    after = places[-1] + 1 if places else len(told)
    if after < len(told) and told[after].is_final and key not in states_told(told[after]):
        told[after] = _stating(told[after], key, State.OPERATIONAL)


def shared(said: Sequence[Publication], first: int, key: str, was: State) -> Iterator[int]:
    """The places, from ``first`` on, of the words that said the same of a component: up to the one
    that said otherwise, or that it was over."""
    for place in range(first, len(said)):
        if states_told(said[place]).get(key, State.OPERATIONAL) != was:
            return
        if place > first and (words := said[place].words) and words.is_final:
            return
        yield place
        if (words := said[place].words) and words.is_final:
            return


def states_told(said: Publication) -> Mapping[str, State]:
    """The states that a word is about: those that it tells of the past, where it does."""
    if said.words is None:
        return {}
    return (said.words.retrospective or said.words).impacts


def _stating(said: Publication, key: str, state: State) -> Publication:
    assert said.words is not None
    words, past = said.words, said.words.retrospective
    if past:
        told = replace(past, impacts={**past.impacts, key: state})
        return replace(said, words=replace(words, retrospective=told))
    return replace(said, words=replace(words, impacts={**words.impacts, key: state}))


def _place_of(publication_id: str, said: Sequence[Publication]) -> int:
    """Where a word stands; past the end where this audience was never told it."""
    return next((n for n, one in enumerate(said) if one.id == publication_id), len(said))


def _of_planned_work(told: Iterable[tuple[Words, datetime]]) -> Iterator[Step]:
    """A window has edges of its own: its effect begins, turns into trouble and ends as told."""
    before: Phase | None = None
    floor: datetime | None = None
    for words, at in told:
        opens = before == Phase.ANNOUNCED and words.phase == Phase.BEGUN
        outlasts = before in PLANNED and not words.is_planned
        moment = (words.until if words.is_final else words.since if opens or outlasts else at) or at
        floor = max(moment, floor) if floor else moment
        yield Step(floor, dict(words.impacts))
        before = words.phase


def _told(words: Words, at: datetime) -> Iterator[Step]:
    if words.retrospective:
        yield Step(words.since or at, dict(words.retrospective.impacts))
    yield Step(at, dict(words.impacts))


class _Edges:
    """Where an incident's effect began and ended, as told so far."""

    def __init__(self) -> None:
        self.begun_at: datetime | None = None
        self.since: datetime | None = None
        self.ends: list[tuple[int, datetime]] = []  # (step, moment), one for each time it ended
        self._was_final = False

    def hear(self, words: Words, at: datetime, step: int) -> None:
        if self.begun_at is None:
            self.begun_at = words.since or at
        if words.since:
            self.begun_at = words.since
        if words.is_final and not self._was_final:
            last = step + (1 if words.retrospective else 0)
            self.ends.append((last, words.until or at))
        elif words.is_final and words.until:
            self.ends[-1] = (self.ends[-1][0], words.until)
        self._was_final = words.is_final

    def set_in(self, steps: list[Step]) -> list[Step]:
        """The steps between the edges: none before the beginning, none past an end."""
        found: list[Step] = []
        begin = 0
        for last, until in self.ends:
            found += self._between(steps[begin : last + 1], begin == 0, until)
            begin = last + 1
        return found + self._between(steps[begin:], begin == 0, None)

    def _between(self, steps: list[Step], is_first: bool, until: datetime | None) -> list[Step]:
        moments = [step.at for step in steps]
        if is_first and self.begun_at and moments:
            moments[0] = self.begun_at
        if until is not None:
            moments[-1] = max(until, moments[0] if len(moments) > 1 else until)
            moments = [min(moment, moments[-1]) for moment in moments]
        floors = moments[:1]
        for moment in moments[1:]:
            floors.append(max(moment, floors[-1]))
        return [replace(step, at=at) for step, at in zip(steps, floors, strict=True)]
