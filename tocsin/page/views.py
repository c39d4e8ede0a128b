"""What the templates see of incidents: plain strings, ready HTML where it says so. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tocsin.disclosure import times
from tocsin.disclosure.phases import Phase, Turn, turn
from tocsin.disclosure.severity import Indicator
from tocsin.disclosure.typography import set_in
from tocsin.page import amendments, changes, labels, planned
from tocsin.page.address import path_of
from tocsin.page.amendments import Amended, Corrected, Revised
from tocsin.page.answers import Answers
from tocsin.page.keeping import Kept
from tocsin.page.markup import html_of, html_of_brought
from tocsin.page.planned import Work
from tocsin.page.snapshot import Snapshot
from tocsin.page.voice import Voice, iso
from tocsin.statements.published import Change, Layer, LongMode, Publication, Story, Words


@dataclass(frozen=True, slots=True)
class Said:
    """Some words and the language they are in; ``lang`` is empty where that is the page's.

    ``before`` goes before them, in the page's language.
    """

    text: str
    lang: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a timeline. ``body`` and ``details`` are HTML. One that ``folds`` is below its
    headline, for whoever opens it.
    """

    anchor: str
    label: str
    time: SafeString
    lang: str
    note: str
    headline: str
    body: SafeString
    details: SafeString
    reason: Said | None
    changes: tuple[str, ...]
    is_correction: bool = False
    amended: tuple[Amended, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    revised: Revised | None = None
    removed: tuple[tuple[SafeString, Said], ...] = ()
    is_by_hand: bool = False
    folds: bool = False


@dataclass(frozen=True, slots=True)
class Translation:
    """The words in the reader's language, as long as they are still to come."""

    time: SafeString
    is_late: bool


@dataclass(frozen=True, slots=True)
class Due:
    """The next word: when, and whether it is late."""

    time: SafeString
    iso: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Telling:
    """An incident as a reader is told of it. ``body`` is HTML; ``rows`` are question and answer."""

    id: str
    name: Said
    headline: str
    lang: str
    note: str
    translation: Translation | None
    letter: str
    impact: str
    phase: str
    is_open: bool
    since: SafeString
    lasted: str
    body: SafeString
    rows: tuple[tuple[str, Said], ...]
    due: Due | None
    timeline: tuple[Word, ...]
    path: str
    work: Work | None
    revised: str = ""
    first_since: str = ""
    first_until: str = ""
    corrected: tuple[Corrected, ...] = ()
    is_afterwards: bool = False
    is_by_hand: bool = False


def telling(snapshot: Snapshot, story: Story, voice: Voice, *, impact: Indicator) -> Telling:
    """Tell an incident in a language; ``impact`` is what it weighs here."""
    key = (story.incident_id, story.newest, len(story.publications), voice, impact)
    if key not in snapshot.told:
        snapshot.told[key] = _telling(snapshot, story, voice, impact)
    found: Telling = snapshot.told[key]
    return found


def _telling(snapshot: Snapshot, story: Story, voice: Voice, impact: Indicator) -> Telling:
    lang, layer = story.in_force.layer(voice.language)
    foreign = "" if lang == voice.language else lang
    return Telling(
        id=story.incident_id,
        name=_named(story, voice),
        headline=set_in(lang, layer.headline),
        lang=foreign,
        note=labels.written_in(lang) if foreign else "",
        translation=_translation(story, voice, at=snapshot.at),
        letter=labels.LETTERS[impact],
        # What was planned is no trouble, whatever the components are meanwhile.
        impact=labels.indicator(impact if story.is_incident else Indicator.MAINTENANCE),
        phase=labels.phase(story.phase),
        is_open=story.is_open,
        since=voice.time(story.started_at) if story.is_open else voice.dated_time(story.started_at),
        lasted=lasted(story, voice),
        body=_body(story.last_word, layer),
        rows=tuple(_answers(snapshot, story, layer, voice, lang=foreign)),
        due=_due(story, voice, at=snapshot.at),
        timeline=tuple(_timeline(snapshot, story, voice)),
        revised=_revised(story, voice),
        first_since=amendments.first_said(story.as_incident().begun, voice),
        first_until=amendments.first_said(story.as_incident().ended, voice),
        corrected=tuple(
            amendments.corrections_of(story, story.last_word, voice, _called(snapshot, voice))
        ),
        is_afterwards=story.is_retrospective,
        is_by_hand=story.words.is_shouted,
        path=path_of(story),
        work=None if story.is_incident else planned.work(snapshot, story, voice),
    )


def _revised(story: Story, voice: Voice) -> str:
    """The anchor of the account in force, where it says otherwise than the one before it."""
    said = story.last_word
    return f"n{said.number}" if amendments.revised(story, said, voice) else ""


def _body(said: Publication, layer: Layer) -> SafeString:
    return mark_safe(html_of_brought(layer.body) if said.source else html_of(layer.body))


def lasted(story: Story, voice: Voice) -> str:
    """How long it lasted; nothing where it goes on, or where nobody knows more than when it was."""
    if story.over_at is None or story.is_one_moment:
        return ""
    return voice.lasted(story.over_at - story.started_at)


def _named(story: Story, voice: Voice) -> Said:
    lang, name = story.name(voice.language)
    return Said(name, "" if lang == voice.language else lang)


def _answers(
    snapshot: Snapshot, story: Story, layer: Layer, voice: Voice, *, lang: str
) -> Iterator[tuple[str, Said]]:
    if story.is_incident:
        yield from _rows(story.words, layer, voice, lang=lang)
    elif story.is_open:
        yield from _planned_rows(planned.work(snapshot, story, voice))


def _planned_rows(work: Work) -> Iterator[tuple[str, Said]]:
    """What readers ask of planned work."""
    yield _("When"), Said(work.when)
    yield _("Effect"), Said("; ".join(work.effects))
    yield _("Interruption"), Said(work.interruption)
    if work.still_works:
        yield _("Still works"), Said(work.still_works.text, work.still_works.lang)
    if work.comes_again:
        yield _("Repeats"), Said(work.comes_again[:1].upper() + work.comes_again[1:])


def _rows(words: Words, layer: Layer, voice: Voice, *, lang: str) -> Iterator[tuple[str, Said]]:
    """The reader's questions, answered where there is an answer that the words do not give."""
    answers = Answers(words, layer, lang or voice.language, is_foreign=bool(lang))
    asked = (
        (_("Effect"), "effect"),
        (_("Who"), "who"),
        (_("Still works"), "still_works"),
        (_("Meanwhile"), "workaround"),
        (_("In all"), "total"),
        (_("What may linger"), "lingering"),
    )
    told = ((question, answers.said(name)) for question, name in asked)
    yield from ((question, Said(answer, lang)) for question, answer in told if answer)
    if data := answers.data:
        became = labels.data(data)
        yield _("Your data"), Said(became[:1].upper() + became[1:])
    if action := answers.said("customer_action"):
        yield _("To do"), Said(action, lang)
    if cause := answers.said("cause"):
        before = labels.before_cause(words.cause_side, words.certainty)
        yield _("Whose side"), Said(cause, lang, before)
    elif answers.tells_side and (layer.cause or not words.is_final):
        side = labels.whose_side(words.cause_side, words.certainty)
        yield _("Whose side"), Said("", lang, side)
    if words.forecast and not words.is_final:
        yield _("Repair"), Said(_forecast(words, voice))
    if due := answers.account_due:
        by = _("by %(day)s, here") % {"day": times.day(due, voice.language)}
        yield _("Full account"), Said(by)
    if words.long_mode:
        yield _("Pace"), _pace(words.long_mode, voice)


def _pace(long_mode: LongMode, voice: Voice) -> Said:
    """Why words come less often (R-11), and since when."""
    since = _("Updates come less often since %(since)s.")
    lang = voice.language if voice.language in long_mode.reason else next(iter(long_mode.reason))
    return Said(
        long_mode.reason[lang],
        "" if lang == voice.language else lang,
        since % {"since": voice.spoken(long_mode.since)} + " ",
    )


def _forecast(words: Words, voice: Voice) -> str:
    assert words.forecast is not None
    said = _("Expected between %(earliest)s and %(latest)s; an estimate, not a promise") % {
        "earliest": voice.spoken(words.forecast.earliest),
        "latest": voice.spoken(words.forecast.latest),
    }
    basis = words.forecast.basis.get(voice.language) or next(
        iter(words.forecast.basis.values()), ""
    )
    return f"{said}. {basis}" if basis else said


def _due(story: Story, voice: Voice, *, at: datetime) -> Due | None:
    due = story.words.next_word_at
    if due is None or not story.is_open:
        return None
    return Due(voice.time(due), iso(due), changes.is_overdue(story, at=at))


def _translation(story: Story, voice: Voice, *, at: datetime) -> Translation | None:
    due = story.translation_due(voice.language)
    if due is None:
        return None
    return Translation(voice.time(due), changes.is_late_in(story, voice.language, at=at))


def _timeline(snapshot: Snapshot, story: Story, voice: Voice) -> Iterator[Word]:
    """Newest first; a word says its day where it is not that of the word above it."""
    later, after = voice.now, None
    pairs = zip(story.publications, (None, *story.publications), strict=False)
    for said, before in reversed(list(pairs)):
        phase = before.words.phase if before and before.words else None
        name = said.id, voice.language, voice.zone
        put_right = story.corrections_of(said), story.account_before(said)
        folds = _folds(said, after)
        beside = phase, voice.date_of(later), put_right, folds
        of = said, beside, snapshot.everything
        yield _words.get(name, of, _word, snapshot, story, said, phase, voice, later, folds=folds)
        later, after = said.published_at, said


def _folds(said: Publication, after: Publication | None) -> bool:
    """Whether a reader need not see all of it here: an account stands whole above the timeline, and
    of how promises stand the newest tells what those before it did.
    """
    if said.is_progress:
        return after is not None and after.is_progress
    return said.words is not None and said.words.phase == Phase.ACCOUNT


_words: Kept[Word] = Kept()
forget = _words.forget


def _word(
    snapshot: Snapshot,
    story: Story,
    said: Publication,
    before: Phase | None,
    voice: Voice,
    later: datetime,
    *,
    folds: bool,
) -> Word:
    assert said.words is not None
    correction, called = said.words.correction, _called(snapshot, voice)
    lang, layer = said.layer(voice.language)
    foreign = "" if lang == voice.language else lang
    return Word(
        anchor=f"n{said.number}",
        label=_label(said.words, before),
        time=voice.time_after(said.published_at, later),
        lang=foreign,
        note=labels.written_in(lang) if foreign else "",
        headline="" if said.source else set_in(lang, layer.headline),
        body=_body(said, layer),
        details=mark_safe(html_of(layer.details)) if layer.details else mark_safe(""),
        reason=_reason(said.words, voice),
        changes=tuple(_changed(snapshot, said.changes, voice)),
        is_correction=correction is not None,
        amended=tuple(amendments.amended(correction, voice, called)) if correction else (),
        corrected=tuple(amendments.corrections_of(story, said, voice, called)),
        revised=amendments.revised(story, said, voice),
        removed=tuple(_removed(said, voice)),
        is_by_hand=said.words.is_shouted,
        folds=folds,
    )


def _called(snapshot: Snapshot, voice: Voice) -> amendments.Called:
    """How readers of a language call a component; as in the tree, by its own name alone."""

    def called(key: str) -> str:
        path = snapshot.paths.get(key, ())
        return path[-1].named(voice.language) if path else ""

    return called


def _removed(said: Publication, voice: Voice) -> Iterator[tuple[SafeString, Said]]:
    """When something was taken out of a word, and why."""
    for gone in said.redactions:
        lang = voice.language if voice.language in gone.reason else next(iter(gone.reason))
        why = Said(gone.reason[lang], "" if lang == voice.language else lang)
        yield voice.time_after(gone.at, said.published_at), why


def _label(words: Words, before: Phase | None) -> str:
    """The phase where it turns; a second word in one phase is an update."""
    if words.correction:
        return _("Correction")
    if words.is_progress:
        return _("What we promised")
    if words.retrospective:
        return _("Told afterwards")
    turned = turn(before, words.phase)
    name = labels.phase(words.phase)
    if turned == Turn.STAYS:
        return _("Account, revised") if words.phase == Phase.ACCOUNT else _("Update")
    return _("Back to: %(phase)s") % {"phase": name} if turned == Turn.BACK else name


def _reason(words: Words, voice: Voice) -> Said | None:
    told = words.turn_reason
    if not told:
        return None
    lang = voice.language if voice.language in told else next(iter(told))
    return Said(told[lang], "" if lang == voice.language else lang)


def _changed(snapshot: Snapshot, told: Iterable[Change], voice: Voice) -> Iterator[str]:
    for change in told:
        path = snapshot.paths.get(change.component_id, ())
        if path and change.old != change.new:
            name = path[-1].named(voice.language)
            before, after = labels.state(change.old), labels.state(change.new)
            yield _("%(name)s: %(before)s → %(after)s") % {
                "name": name,
                "before": before,
                "after": after,
            }
