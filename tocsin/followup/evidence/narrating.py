"""The bundle's page for people: what happened, in order, for whoever has ten minutes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tocsin.catalogue.tree import State
from tocsin.channels.watermark import mark
from tocsin.disclosure import times
from tocsin.followup.evidence.gathering import Gathered
from tocsin.incidents.models import Fact, Moment, MomentKind, Report
from tocsin.journal.models import Note
from tocsin.page import labels, markup
from tocsin.statements import debts
from tocsin.statements.debts import Debt, Fate
from tocsin.statements.models import Clearance, Revision
from tocsin.statements.published import Publication

LANGUAGES = ("en", "fr")
Told = Counter[tuple[str, str, str]]  # (publication, channel, outcome): how many
Seen = Mapping[str, datetime | None]

LEAVES = {
    "policy": gettext_lazy("The policy clears this kind of word by itself"),
    "break_glass": gettext_lazy("Said in an emergency, before anybody could be asked"),
    "imported": gettext_lazy("Said elsewhere, and brought here as it was"),
    "review": gettext_lazy("Cleared by somebody other than its author"),
    "holding": gettext_lazy("The holding statement, cleared beforehand"),
}
OUTCOMES = {
    "delivered": pgettext_lazy("readers", "told"),
    "given_up": pgettext_lazy("readers", "given up"),
    "skipped": pgettext_lazy("readers", "left out"),
    "pending": pgettext_lazy("readers", "waiting"),
}
MOMENTS = {
    MomentKind.STARTED: gettext_lazy("The effect began"),
    MomentKind.DETECTED: gettext_lazy("It was detected"),
    MomentKind.AWARE: gettext_lazy("We knew of it"),
    MomentKind.CUSTOMER_FIRST: gettext_lazy("The first customer reported it"),
    MomentKind.MITIGATED: gettext_lazy("It was mitigated"),
    MomentKind.ENDED: gettext_lazy("The effect ended"),
    MomentKind.CLASSIFIED_MAJOR: gettext_lazy("It was classified as major"),
    MomentKind.DETERMINED: gettext_lazy("It was determined to be notifiable"),
    MomentKind.MATERIAL: gettext_lazy("It was found material"),
    MomentKind.PAID: gettext_lazy("A ransom was paid"),
    MomentKind.FIX_AVAILABLE: gettext_lazy("A fix was available"),
}
NOTED = {
    "statements:finding:waved": gettext_lazy("An objection was set aside"),
    "statements:clearance:requested": gettext_lazy("Consent was asked for"),
    "statements:clearance:sent_back": gettext_lazy("A word was sent back"),
    "statements:clearance:lapsed": gettext_lazy("Nobody answered in time"),
    "statements:clearance:withdrawn": gettext_lazy("A word was withdrawn before it was said"),
    "statements:debt:missed": gettext_lazy("A promised word did not come in time"),
    "statements:publication:redacted": gettext_lazy("Something was taken out of what was said"),
    "announcements:announcement:held": gettext_lazy("Telling was held back"),
    "announcements:announcement:released": gettext_lazy("Telling was let go on"),
    "announcements:announcement:dropped": gettext_lazy("Nobody was to be told of this word"),
}
# The house's own actors by their name in the journal; people are called by theirs.
ACTORS = {
    "the policy": pgettext_lazy("actor", "the policy"),
    "the terminal": pgettext_lazy("actor", "the terminal"),
    "the alerts": pgettext_lazy("actor", "the alerts"),
}
REPORTS = {
    "submitted": gettext_lazy("A report was submitted"),
    "set_aside": gettext_lazy("A report was found not to be owed"),
    "withdrawn": gettext_lazy("An entry on a report was withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``lines`` are (what, told); ``is_inside``: known, and never said."""

    at: datetime
    when: str
    title: str
    lines: tuple[tuple[str, str], ...] = ()
    headline: str = ""
    body: str = ""
    details: str = ""
    language: str = ""
    is_word: bool = False
    is_inside: bool = False


def html(told: Gathered, *, counts: Told, seen: Seen, language: str) -> bytes:
    """The page in one language: it stands alone, runs nothing and fetches nothing."""
    with translation.override(language):
        narration = Narration(told, counts, seen, language)
        context = narration.context() | {"watermark": mark()}
        return render_to_string("followup/evidence.html", context).encode()


class Narration:
    """One telling in the language in force."""

    def __init__(self, told: Gathered, counts: Told, seen: Seen, language: str) -> None:
        self.told, self.counts, self.seen, self.language = told, counts, seen, language
        self.zone = told.page.time_zone
        self._leaves = {row.pk: row for row in told.clearances}
        self._leave_of = {row.pk: row.clearance_id for row in told.words}
        self._revisions = {row.pk: row for row in told.revisions}
        self._digests = {row.pk: row.digest for row in told.words}
        self._debts = {debt.publication_id: debt for debt in self._promises()}

    def _promises(self) -> Iterator[Debt]:
        """Each as it was answered, whenever this is asked: what is open stays open."""
        if self.told.story:
            promised = debts.debts_of(self.told.story, at=self.told.story.latest.published_at)
            yield from promised

    def context(self) -> dict[str, object]:
        story = self.told.story
        said = story.publications if story else ()
        return {
            "language": self.language,
            "page": self.told.page,
            "name": self._named(story.words.name) if story else self.told.known.id,
            "incident": self.told.known.id,
            "zone": self.zone,
            "first": self.stamp(said[0].published_at) if said else "",
            "last": self.stamp(said[-1].published_at) if said else "",
            "is_over": story is not None and not story.is_open,
            "with_internal": self.told.with_internal,
            "count": len(said),
            "told": sum(n for (_key, _by, end), n in self.counts.items() if end == "delivered"),
            "receipts": sum(self.counts.values()),
            "events": sorted(self.events(), key=lambda event: event.at),
            "notes": len(self.told.segment),
            "withheld": sum(bool(linked.withheld) for linked in self.told.segment),
            "circle": "" if self.told.page.is_for_everyone else self.told.page.audience_name,
        }

    def events(self) -> Iterator[Event]:
        """All that the record tells, in no order."""
        if self.told.story:
            yield from map(self._word, self.told.story.publications)
        for linked in self.told.segment:
            if not linked.withheld and linked.note.verb in NOTED:
                yield self._note(linked.note)
        if self.told.with_internal:
            yield from self._inside()

    def stamp(self, at: datetime) -> str:
        """A time to the second in the page's zone: "24 November 2026, 09:22:07 UTC"."""
        there = at.astimezone(ZoneInfo(self.zone))
        zone = there.tzname() or self.zone
        return f"{times.day(there.date(), self.language)}, {there:%H:%M:%S} {zone}"

    def _named(self, by_language: Mapping[str, str]) -> str:
        for code in (self.language, self.told.page.language, *by_language):
            if by_language.get(code):
                return str(by_language[code])
        return ""

    def _word(self, said: Publication) -> Event:
        assert said.words is not None, "a change of state belongs to no incident"
        code, layer = said.layer(self.language)
        rendered = markup.html_of_brought if said.source else markup.html_of
        kind = _("Correction") if said.is_correction else labels.phase(said.words.phase)
        kind = _("What we promised") if said.is_progress else kind
        title = _("No. %(number)d · %(kind)s") % {"number": said.number, "kind": kind}
        return Event(
            at=said.published_at,
            when=self.stamp(said.published_at),
            title=title,
            lines=tuple(self._about(said)),
            headline=layer.headline,
            # Cleaned by the renderer, as for the public page.
            body=mark_safe(rendered(layer.body)),
            details=layer.details,
            language=code,
            is_word=True,
        )

    def _about(self, said: Publication) -> Iterator[tuple[str, str]]:
        leave = self._leaves.get(self._leave_of.get(said.id, ""))
        if leave is not None:
            yield from self._leave(leave)
        if states := self._states(said):
            yield _("States"), states
        if debt := self._debts.get(said.id):
            yield _("Promised the next word by"), self._promise(debt)
        for gone in said.redactions:
            yield _("Taken out since"), f"{self.stamp(gone.at)}: {self._named(gone.reason)}"
        at = self.seen.get(said.id)
        if at is not None:
            yield _("Seen on the page"), self.stamp(at)
        if receipts := self._receipts(said.id):
            yield _("Readers"), receipts
        yield "SHA-256", self._digests[said.id]

    def _leave(self, leave: Clearance) -> Iterator[tuple[str, str]]:
        revision: Revision | None = self._revisions.get(leave.revision_id or 0)
        if revision is not None:
            yield _("Written by"), f"{_who(revision.by_name)}, {self.stamp(revision.at)}"
        kind = str(LEAVES.get(leave.kind, leave.kind))
        if leave.granted_at:
            by = f"{_who(leave.granted_by)}, {self.stamp(leave.granted_at)}"
            yield _("Cleared by"), f"{by}. {kind}."

    def _states(self, said: Publication) -> str:
        names = self.told.components
        return ", ".join(
            _("%(name)s: %(state)s")
            % {
                "name": self._named(names[change.component_id]),
                "state": labels.state(State(change.new)),
            }
            for change in said.changes
            if change.component_id in names
        )

    def _promise(self, debt: Debt) -> str:
        by = self.stamp(debt.by)
        if debt.answered_at is None:
            return _("%(by)s; no word has come since") % {"by": by}
        if debt.fate == Fate.KEPT:
            return _("%(by)s; kept") % {"by": by}
        late = times.lasted(debt.lateness, self.language)
        return _("%(by)s; missed by %(span)s") % {"by": by, "span": late}

    def _receipts(self, key: str) -> str:
        by_channel: dict[str, list[str]] = {}
        for (publication, channel, outcome), count in sorted(self.counts.items()):
            if publication == key:
                named = f"{count} {OUTCOMES.get(outcome, outcome)}"
                by_channel.setdefault(channel, []).append(named)
        return "; ".join(f"{channel}: {', '.join(told)}" for channel, told in by_channel.items())

    def _note(self, note: Note) -> Event:
        detail, lines = note.detail, [(_("By"), _who(note.actor_name or note.actor_id))]
        shown = {
            "phrase": _("The words"),
            "reason": _("The reason given"),
            "role": _("Asked of"),
            "number": _("No."),
        }
        lines += [(label, str(detail[key])) for key, label in shown.items() if detail.get(key)]
        if due := detail.get("due"):
            lines.append((_("Due by"), self.stamp(datetime.fromisoformat(str(due)))))
        title = str(NOTED[note.verb])
        return Event(note.at, self.stamp(note.at), title, tuple(lines))

    def _inside(self) -> Iterator[Event]:
        key = self.told.known.id
        for fact in Fact.objects.filter(incident_id=key).order_by("pk"):
            lines = ((_("By"), fact.recorded_by), (_("What"), fact.text))
            yield self._known(fact.at, _("Learned inside"), lines)
        for row in Moment.objects.filter(incident_id=key).order_by("pk"):
            recorded = f"{row.recorded_by}, {self.stamp(row.recorded_at)}"
            reason = ((_("The reason given"), row.reason),) if row.reason else ()
            title = str(MOMENTS[MomentKind(row.kind)])
            yield self._known(row.at, title, ((_("Recorded by"), recorded), *reason))
        for done in Report.objects.filter(incident_id=key).order_by("pk"):
            yield self._known(done.done_at, str(REPORTS[done.done]), tuple(self._report(done)))

    def _report(self, done: Report) -> Iterator[tuple[str, str]]:
        yield _("Clock"), f"{done.clock}, {done.stage}"
        told = (
            (_("Recipient"), done.recipient),
            (_("Their reference"), done.reference),
            (_("Receipt or reason"), done.receipt),
            (_("Recorded by"), f"{done.recorded_by}, {self.stamp(done.recorded_at)}"),
        )
        yield from ((label, value) for label, value in told if value)

    def _known(self, at: datetime, title: str, lines: tuple[tuple[str, str], ...]) -> Event:
        return Event(at, self.stamp(at), title, lines, is_inside=True)


def _who(name: str) -> str:
    return str(ACTORS.get(name, name))
