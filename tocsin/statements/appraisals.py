"""What the coach makes, in numbers, of what was said: read once, and again by a newer coach.

A text takes a millisecond to read, so a score asks for what was read: one row for each incident as
its readers were told of it. What is pending needs no row of its own: it is a thread whose newest
word is not in its row yet, or was read by another edition of the coach.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime

import structlog
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Tree
from tocsin.disclosure.coach import editions, sums
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.disclosure.coach.manner import Manner
from tocsin.disclosure.coach.substance import Impossible, Substance
from tocsin.disclosure.coach.sums import Sums
from tocsin.disclosure.coach.values import Kind as About
from tocsin.disclosure.posture import Posture
from tocsin.incidents.models import IncidentKind
from tocsin.statements import coaching, manners, reading
from tocsin.statements.models import Appraisal, Thread
from tocsin.statements.models import Publication as PublicationRow
from tocsin.statements.stories import Publication
from tocsin.statements.values import Kind, Words

AT_ONCE = 50  # threads of one turn: a fifth of a second of a lane that others wait in
LOOKED_BACK = 2  # posts before a post that it may repeat
log = structlog.get_logger("tocsin.statements")
READ = (Kind.WORD, Kind.TRANSLATION)  # a correction puts right what was read


def read_due(at: datetime) -> int:
    """Let the coach read what was said and is not read yet; answers of how many incidents."""
    for page in shelf.pages():
        due = list(_due(page)[:AT_ONCE])
        # By a file that cannot be read any more nothing is: a score says so of each word.
        with suppress(BadLexicon):
            if due:
                _read(page, due, at)
                return len(due)
    return 0


def reread(page: Brand, *, at: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Read all that a page ever said anew; answers of how many incidents. Raises BadLexicon."""
    keys = list(_threads(page).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        _read(page, list(_threads(page).filter(pk__in=some)), at, is_anew=True)
        progress("incidents read", first + len(some), len(keys))
    return len(keys)


def last_read_at() -> datetime | None:
    """When anything was read last: what is made of it is made anew then."""
    newest: datetime | None = Appraisal.objects.aggregate(newest=Max("read_at"))["newest"]
    return newest


def edition_of(page: Brand) -> str:
    """By which coach a page's words are read now."""
    return editions.edition(manners.adopted(page.id).text)


def _threads(page: Brand) -> "QuerySet[Thread]":
    """Incidents as those were told who are told first: a circle of its own, else everyone.

    Planned work is made of sentences that wait for years; nobody weighs them by the coach.
    """
    first = Q(audience_id=page.audience_id, incident__audience=None)
    first |= Q(audience=F("incident__audience"))
    threads = Thread.objects.filter(first, audience__page_id=page.id, is_incident=True)
    return threads.select_related("incident", "audience")


def _due(page: Brand) -> "QuerySet[Thread]":
    read = Appraisal.objects.filter(thread=OuterRef("pk"), edition=edition_of(page))
    newer = PublicationRow.objects.filter(
        incident_id=OuterRef("incident_id"),
        audience_id=OuterRef("audience_id"),
        kind__in=READ,
        number__gt=OuterRef("upto"),
    )
    threads = _threads(page).annotate(upto=Subquery(read.values("upto")))
    return threads.filter(Q(upto=None) | Exists(newer)).order_by("pk")


def _read(page: Brand, threads: list[Thread], at: datetime, *, is_anew: bool = False) -> None:
    reader = _Reader(page, at)
    known = {} if is_anew else _known(threads, reader.edition)
    rows = [reader.row(thread, known.get(thread.pk)) for thread in threads]
    Appraisal.objects.bulk_create(
        rows,
        update_conflicts=True,  # two who read the same at once come to the same
        unique_fields=["thread"],
        update_fields=["upto", "edition", "told", "lacking", "read_at"],
    )


def _known(threads: list[Thread], edition: str) -> dict[int, Appraisal]:
    """What this coach read of them already."""
    rows = Appraisal.objects.filter(thread__in=threads, edition=edition)
    return {row.thread_id: row for row in rows}


class _Reader:
    """One page's coach, over several threads."""

    def __init__(self, page: Brand, at: datetime) -> None:
        self._page, self._at = page, at
        self._tree: Tree = shelf.components_of(page.id)
        self._manner: Manner = manners.manner_of(page.id)
        self.edition = edition_of(page)

    def row(self, thread: Thread, known: Appraisal | None) -> Appraisal:
        """A thread's row: from what is ``known`` of it already it goes on."""
        upto = known.upto if known else 0
        told = sums.read(known.told, known.lacking) if known else Sums()
        for one in self._said(thread):
            if one.number > upto:
                told, upto = self._with(told, one, thread), one.number
            self._remember(one)
        return Appraisal(
            thread=thread,
            upto=upto,
            edition=self.edition,
            told=sums.written(told),
            lacking=sums.written_lacking(told),
            read_at=self._at,
        )

    def _said(self, thread: Thread) -> Iterator[Publication]:
        self._before: dict[str, list[str]] = {}
        rows = PublicationRow.objects.filter(
            audience_id=thread.audience_id, incident_id=thread.incident_id, kind__in=READ
        )
        for row in rows.order_by("number").values_list(*reading.COLUMNS):
            one = reading.made_anew(*row)
            if one.words is not None:
                yield one

    def _with(self, told: Sums, one: Publication, thread: Thread) -> Sums:
        words = one.words
        assert words is not None
        first = words.primary or next(iter(words.layers), "")
        for language in words.layers:
            found = self._measured(words, language, thread)
            if language == first and one.kind == Kind.WORD:
                told = told.with_word(words.phase, found)
            if found is not None:
                told = told.with_text(language, found.plainness)
        return told

    def _measured(self, words: Words, language: str, thread: Thread) -> Substance | None:
        incident, audience = thread.incident, thread.audience
        is_everyone = audience.pk == self._page.audience_id
        posture = Posture(incident.posture)
        is_security = incident.kind == IncidentKind.SECURITY or posture is Posture.ATTACK
        try:
            return coaching.measured(
                words,
                language,
                kind=About.SECURITY if is_security else About(incident.kind),
                tree=self._tree,
                previous=tuple(self._before.get(language, ())),
                manner=self._manner,
                circle="" if is_everyone else audience.slug,
                posture=posture,
            )
        except Impossible as fault:  # it counts as not read, and all the others are
            log.error("word not read", incident=incident.pk, language=language, reason=str(fault))
            return None

    def _remember(self, one: Publication) -> None:
        assert one.words is not None
        if one.kind == Kind.WORD:
            for language, layer in one.words.layers.items():
                before = self._before.get(language, [])
                self._before[language] = [*before, coaching.text_of(layer)][-LOOKED_BACK:]
