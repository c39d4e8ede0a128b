"""Putting right what was said: a new word about an earlier one, with its difference in public.

CannotCorrect       nothing would differ, or the word cannot be corrected so; says what to do

A word that was published stays as it is (R-27). Readers hear of a correction by mail where the
severity or what was said of their data changed; everything else the page tells, and machines.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure import correcting, library, times, wording
from tocsin.disclosure.correcting import DataStatement, Difference
from tocsin.disclosure.phases import FINAL
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import MomentKind
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements import clearance, drafting, maintenance, published, spoken, stretches
from tocsin.statements.published import Kind, Publication, Story
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Correction, Layer, Words

WRONG, CORRECT = library.template("T-16-wrong"), library.template("T-16-correct")
TEMPLATE = library.template("T-16")
SEPARATOR = "; "
Before = TypeVar("Before")
Fact = TypeVar("Fact")
LAST_MARKS = ".!?… "


class CannotCorrect(Exception):
    """The correction is refused; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Amending:
    """What an operator puts right; what is left out stays as it was said.

    ``number`` is the corrected word's (else the newest). ``layers`` hold, by language, the word as
    it should have read. ``wrong``, ``correct`` and ``customer_action`` are T-16's own blanks by
    language; without the first two, the words that changed are quoted. ``zone`` is that in which
    times were told. ``names`` are what the incident is called from then on. ``components``: {id or
    slug: state} as that word should have had it.
    """

    number: int | None = None
    layers: Mapping[str, Layer] = field(default_factory=dict)
    severity: Severity | None = None
    since: datetime | None = None
    until: datetime | None = None
    data: DataStatement | None = None
    components: Mapping[str, State] = field(default_factory=dict)
    learned_at: datetime | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    correct: Mapping[str, str] = field(default_factory=dict)
    customer_action: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def correct(
    incident_id: str,
    amending: Amending,
    *,
    by: Actor,
    at: datetime,
    based_on: int | None = None,
) -> Spoken:
    """Say what was wrong in an earlier word of an incident, and what is right.

    ``based_on`` is the number of the publication that its author last saw, if told. Raises
    CannotCorrect, NotFitToSay, Overtaken, CannotDeclare, ``NotAllowed``; then nothing was changed.
    """
    known = declaration.known_of(incident_id)
    access.check(by, "correct", known.page_id)
    page = shelf.seen_by(known.audience_id)
    words = compose(page, _told(known), amending, at=at)
    _let_known_follow(known, words, zone=amending.zone, by=by, at=at)
    draft = drafting.open_draft(incident_id, based_on=based_on, by=by, at=at)
    draft = drafting.revise(draft.id, words, follows=draft.revision, by=by, at=at)
    heard = must_be_heard(words)
    granted = clearance.request(draft, announces=heard, by=by, at=at)
    said = spoken.let_go(granted, incident_id, by=by, at=at, announces=heard)
    if known.is_planned:
        assert words.correction is not None
        maintenance.hold_anew(incident_id, words.correction, by=by, at=at)
    return said


def _told(known: Known) -> Story:
    story = published.story(known.audience_id, known.id)
    if story is None:
        raise CannotCorrect("Nothing was said of this incident yet. Say a first word instead.")
    return story


def _let_known_follow(known: Known, words: Words, *, zone: str, by: Actor, at: datetime) -> None:
    """What we know follows what we say: the times with both values, the severity."""
    told = words.correction
    assert told is not None
    in_force = {key: words.impacts[key] for key in told.states}
    if known.is_open and any(known.impacts.get(key) != now for key, now in in_force.items()):
        declaration.escalate(known.id, components=in_force, severity=words.severity, by=by, at=at)
    elif told.severity:
        declaration.reassess(known.id, severity=words.severity, by=by, at=at)
    pairs = ((MomentKind.STARTED, told.since), (MomentKind.ENDED, told.until))
    # Both at once may not contradict each other on the way: what moves outwards goes first.
    if told.since and told.until and told.since[1] > (told.until[0] or told.since[1]):
        pairs = (pairs[1], pairs[0])
    for kind, pair in pairs:
        if pair and known.moments.get(kind) != pair[1]:
            declaration.set_moment(
                known.id,
                kind=kind,
                moment_at=pair[1],
                zone=zone,
                reason=f"Corrected in public: no. {told.number}",
                by=by,
                at=at,
            )


def compose(page: Brand, story: Story, amending: Amending, *, at: datetime) -> Words:
    """All that the correction would say. Writes nothing. Raises CannotCorrect."""
    said = _meant(story, amending.number)
    told = _facts(page, story, said, amending, at)
    _check_differs(told)
    layers = dict(_layers(page, told, amending, at=at))
    before = story.words
    words = replace(
        before,
        name={**before.name, **amending.names},
        layers=layers,
        severity=told.severity[1] if told.severity else before.severity,
        since=told.since[1] if told.since else before.since,
        until=told.until[1] if told.until else before.until,
        data=told.data[1] if told.data else before.data,
        impacts={**before.impacts, **_in_force(story, said, told)},
        turn_reason={},
        correction=told,
        retrospective=None,
    )
    _check_every_language(story.as_corrected(said), words)
    return words


def _meant(story: Story, number: int | None) -> Publication:
    if number is None:
        return story.last_word
    said = next((said for said in story.publications if said.number == number), None)
    if said is None:
        numbers = ", ".join(str(s.number) for s in story.publications if s.kind == Kind.WORD)
        raise CannotCorrect(f"This incident has no word no. {number}. Its words are no. {numbers}.")
    if said.is_progress:
        raise CannotCorrect(
            f"No. {said.number} tells how promises stand. Change the promise: `tocsin promise`."
        )
    if said.words and said.words.correction:
        raise CannotCorrect(
            f"No. {number} is a correction itself. Correct no. {said.words.correction.number} "
            "once more."
        )
    return said


def _states(
    page: Brand, story: Story, said: Publication, components: Mapping[str, State]
) -> dict[str, tuple[State, State]]:
    """What a word said of components, and should have said; those that differ."""
    if not components:
        return {}
    if story.words.window:
        raise CannotCorrect(
            "Planned work says of components what its window does. Say how it is with an update."
        )
    if said.is_final and not (said.words and said.words.retrospective):
        raise CannotCorrect(
            f"No. {said.number} says that it is over. Name the word that told the wrong state: "
            "--number."
        )
    told = next(one for one in stretches.put_right(story.publications) if one.id == said.id)
    before, tree = stretches.states_told(told), shelf.components_of(page.id)
    pairs = {
        key: (before.get(key, State.OPERATIONAL), state)
        for key, state in declaration.landed(tree, components).items()
    }
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _in_force(story: Story, said: Publication, told: Correction) -> dict[str, State]:
    """What holds now of the components that are put right: as corrected, unless it turned since."""
    words = stretches.put_right(story.publications)
    first, last = next(n for n, one in enumerate(words) if one.id == said.id), len(words) - 1
    return {
        key: now
        if not story.words.is_final and last in stretches.shared(words, first, key, was)
        else story.words.impacts.get(key, State.OPERATIONAL)
        for key, (was, now) in told.states.items()
    }


def _facts(
    page: Brand, story: Story, said: Publication, amending: Amending, at: datetime
) -> Correction:
    was = story.as_corrected(said)
    before = story.words
    changed = [code for code, layer in amending.layers.items() if was.get(code) != layer]
    if missing := [code for code in changed if code not in was]:
        raise CannotCorrect(
            f"No. {said.number} was not said in {missing[0]!r}. Correct what was said."
        )
    if amending.until and before.phase not in FINAL:
        raise CannotCorrect("No end was told yet. It is told when the incident is resolved.")
    return Correction(
        of=said.id,
        number=said.number,
        told_at=said.published_at,
        learned_at=amending.learned_at or at,
        was={code: was[code] for code in changed},
        now={code: amending.layers[code] for code in changed},
        severity=_turned(before.severity, amending.severity),
        since=_turned(before.since or story.opened_at, amending.since),
        until=_turned(before.until, amending.until),
        data=_turned(before.data, amending.data),
        states=_states(page, story, said, amending.components),
    )


def _turned(before: Before, after: Fact | None) -> tuple[Before, Fact] | None:
    return None if after is None or after == before else (before, after)


def _check_differs(told: Correction) -> None:
    if not told.now and not told.has_facts:
        raise CannotCorrect(
            f"Nothing would differ from no. {told.number}. Say what it should have said."
        )


def _check_every_language(was: Mapping[str, Layer], words: Words) -> None:
    """What readers are mailed about is put right in every language that it was wrong in."""
    if not must_be_heard(words):
        return
    for code in was:
        if code not in words.layers:
            raise CannotCorrect(
                f"Readers in {code!r} were told the same. Correct those words too: what was said "
                "of severity or data is put right in every language."
            )


def must_be_heard(words: Words) -> bool:
    """Whether readers hear of a correction: the severity changed, or what was said of data."""
    told = words.correction
    assert told is not None
    if told.severity or told.data:
        return True
    return any(correcting.speaks_of_data(apart(told, code), code) for code in told.now)


def apart(told: Correction, language: str) -> tuple[Difference, ...]:
    """Every place where the word in a language differs from what it should have said."""
    return tuple(
        difference
        for part in fields(Layer)
        for difference in correcting.differences(
            getattr(told.was[language], part.name), getattr(told.now[language], part.name)
        )
    )


def _layers(
    page: Brand, told: Correction, amending: Amending, *, at: datetime
) -> Iterator[tuple[str, Layer]]:
    """T-16 in every language that something differs in."""
    for code in page.languages:
        if not told.has_facts and code not in told.now:
            continue
        blanks = {
            "told_at": times.spoken(told.told_at, page.time_zone, code, now=at),
            "wrong": _phrases(page, told, code, is_wrong=True, own=amending.wrong, at=at),
            "correct": _phrases(page, told, code, is_wrong=False, own=amending.correct, at=at),
            "learned_at": times.spoken(told.learned_at, page.time_zone, code, now=at),
            "customer_action": amending.customer_action.get(code, ""),
        }
        if not blanks["wrong"] or not blanks["correct"]:
            raise CannotCorrect(
                f"Words were only added or only taken away ({code}), so they cannot be quoted "
                "against each other. Say in your own words what was wrong, and what is right."
            )
        made = wording.fill(TEMPLATE, code, blanks)
        yield code, Layer(headline=made.headline, body=made.body)


def _phrases(
    page: Brand,
    told: Correction,
    code: str,
    *,
    is_wrong: bool,
    own: Mapping[str, str],
    at: datetime,
) -> str:
    if own.get(code, "").strip():
        return own[code].strip()
    side, template = (0, WRONG) if is_wrong else (1, CORRECT)
    phrases = [*_of_facts(page, told, code, side, template, at), *_quoted(told, code, template)]
    return SEPARATOR.join(dict.fromkeys(phrases))


def _of_facts(
    page: Brand, told: Correction, code: str, side: int, template: library.Template, at: datetime
) -> Iterator[str]:
    for fact in (told.severity, told.data):
        if fact and None not in fact and fact[side] != DataStatement.IN_WORDS:
            yield wording.fill(template, code, {"told_fact": str(fact[side])}).body
    for name, pair in (("since", told.since), ("until", told.until)):
        moment = pair[side] if pair else None
        if moment:
            spoken = times.spoken(moment, page.time_zone, code, now=at)
            yield wording.fill(template, code, {"told_fact": name, name: spoken}).body
    nodes = shelf.components_of(page.id, retired=True).by_id() if told.states else {}
    for key, states in told.states.items():
        if key in nodes:
            blanks = {"told_fact": states[side].value, "component": nodes[key].named(code)}
            yield wording.fill(template, code, blanks).body


def _quoted(told: Correction, code: str, template: library.Template) -> Iterator[str]:
    if code not in told.now:
        return
    text_of = correcting.former if template is WRONG else correcting.latter
    for difference in apart(told, code):
        text = " ".join(text_of(difference).split()).strip(LAST_MARKS)
        if text:
            yield wording.fill(template, code, {"told_fact": "quoted", "quoted_words": text}).body
