"""Every sentence of a notice by mail, rendered once for each publication and language."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.announcements import asking, putting_right
from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels import prose
from tocsin.channels.email import layout
from tocsin.channels.email.mime import build
from tocsin.channels.sheet import BARS, WELL, Block, Fact, Link, Sheet, paragraph
from tocsin.channels.stencil import Holes, Stencil
from tocsin.disclosure import times
from tocsin.disclosure.layering import Depth, Medium
from tocsin.disclosure.phases import Phase
from tocsin.page import address, labels, markup, planned
from tocsin.page.answers import Answers
from tocsin.page.voice import Voice
from tocsin.post.letters import formataddr_plain
from tocsin.statements import published
from tocsin.statements.published import Kind, Layer, LongMode, Publication, Window, Words

TOKEN_LENGTH, READER_LENGTH, ADDRESS_LENGTH = 32, 12, 64


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a page's mails are from; ``address`` is also where refusals return to."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def sender_of(page: Brand, mail_from: str) -> Sender:
    """The page's name over the installation's address; the default page may be named there."""
    name, mailbox = parseaddr(mail_from)
    return Sender(name if name and page.is_default else page.name, mailbox)


def holes() -> Holes:
    """What differs between two readers of one notice."""
    return Holes({"to": ADDRESS_LENGTH, "token": TOKEN_LENGTH, "reader": READER_LENGTH})


def notice(
    said: Publication, page: Brand, *, language: str, mail_from: str, follows_one: bool = False
) -> Stencil:
    """The mail about one publication in a reader's language."""
    gaps = holes()
    with translation.override(language):
        sheet = replace(
            sheet_of(said, page, language, gaps), why=why(page, follows_one=follows_one)
        )
        subject = subject_of(said, page, language)
    headers = headers_of(
        page,
        gaps,
        subject=subject,
        mail_from=mail_from,
        own=said.id,
        thread=about(said),
        kind=said.kind,
    )
    return build(
        headers=headers,
        text=layout.as_text(sheet),
        html=layout.as_html(sheet),
        holes=gaps,
        language=language,
        date=said.published_at,
    )


def preview(said: Publication, page: Brand, *, language: str) -> tuple[str, str, str]:
    """(subject, text, HTML) of a notice as the composer shows it, its links leading nowhere."""
    gaps = holes()
    with translation.override(language):
        sheet = sheet_of(said, page, language, gaps)
        subject = subject_of(said, page, language)
    shown = "." * TOKEN_LENGTH
    text, html = layout.as_text(sheet), layout.as_html(sheet)
    token = gaps.stand_in("token")
    return subject, text.replace(token, shown), html.replace(token, shown)


def about(said: Publication) -> str:
    """What a reader sees as one thread: the incident, else the publication alone."""
    return said.incident_id or said.id


def subject_of(said: Publication, page: Brand, language: str) -> str:
    """The incident's name: the same for each update, so that mail programs keep them together."""
    if said.words is None:
        return _("%(page)s: a state changed") % {"page": page.name}
    names = said.words.name
    name = names.get(language) or next(iter(names.values()))
    colon = languages.of(language).colon
    return f"{page.name}{colon} {name}".rstrip(".")


def headers_of(
    page: Brand,
    gaps: Holes,
    *,
    subject: str,
    mail_from: str,
    own: str,
    thread: str,
    kind: str,
) -> list[tuple[str, str]]:
    """The headers of a notice: who, which thread, and how to leave (RFC 8058, RFC 3834)."""
    sender = sender_of(page, mail_from)
    reader, token = gaps.stand_in("reader"), gaps.stand_in("token")
    root = f"<{thread}.{reader}@{sender.domain}>"
    host = urlsplit(address.url_of(page)).hostname or "localhost"
    leave = asking.own_url(page, "unsubscribe", token)
    found = [
        ("From", formataddr_plain(sender.name, sender.address)),
        ("To", gaps.stand_in("to")),
        ("Subject", one_line(subject)),
        ("Message-ID", f"<{own}.{thread}.{reader}@{sender.domain}>"),
        ("In-Reply-To", root),
        ("References", root),
        ("List-Id", f"<{page.slug}.{host}>"),
        ("List-Unsubscribe", f"<{leave}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Feedback-ID", f"{thread}:{page.slug}:{kind}:tocsin"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Precedence", "bulk"),
    ]
    if "@" in page.contact:
        found.append(("Reply-To", one_line(page.contact)))
    return found


def one_line(words: str) -> str:
    """Words as a header takes them: no line breaks, nor other control characters."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", words).strip()


def sheet_of(
    said: Publication,
    page: Brand,
    language: str,
    gaps: Holes,
    *,
    medium: Medium = Medium.MAIL,
) -> Sheet:
    """The words of a notice, in the language in force, as far as the policy lets them go along."""
    if said.words is None:
        return _state_sheet(said, page, language, gaps)
    words_language, layer = said.layer(language)
    other = words_language if words_language != language else ""
    phase = kind_of(said.words)
    amended = putting_right.shown(said, page, language)
    depth = _depth(said.words, page, medium)
    facts = _facts(said.words, layer, page, language, other, now=said.published_at)
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=_eyebrow(said, page, language),
        headline=layer.headline,
        preview=f"{phase} · {layer.headline}",
        blocks=[*_blocks(said, layer, page, language, other, depth), *amended.blocks],
        facts=[*amended.facts, *([] if depth is Depth.HEADLINE else facts)],
        boxed=_next_word(said.words, page, language, now=said.published_at),
        action=Link(_see(said.words), said_url(said, page, language)),
        why=why(page),
        links=leaving(page, gaps),
        bar=bar_of(said.words),
        words_language=other,
    )


def kind_of(words: Words) -> str:
    """What stands above a word: its phase, or that it is about an earlier one or a past trouble."""
    if words.correction:
        return _("Correction")
    if words.is_progress:
        return _("What we promised")
    return _("Told afterwards") if words.retrospective else labels.phase(words.phase)


def _eyebrow(said: Publication, page: Brand, language: str) -> str:
    """The phase and when it was said; of a translation, that it is one."""
    assert said.words is not None
    phase, now = kind_of(said.words), said.published_at
    if said.kind != Kind.TRANSLATION:
        return f"{phase} · {clock(now, page, language, now=now)}"
    first = published.numbered(said.audience_id, after=said.translates - 1, limit=1)[0]
    when = clock(first.published_at, page, language, now=now)
    return f"{phase} · {when} · " + _("now %(in_language)s") % {
        "in_language": labels.written_in(language)
    }


def _see(words: Words) -> str:
    return _("See the planned work") if words.is_planned else _("See the incident")


def said_url(said: Publication, page: Brand, language: str) -> str:
    """Where a reader finds what a publication is about, in a language that the page has."""
    return address.said_url(page, said, language=spoken_on(page, language))


def spoken_on(page: Brand, language: str) -> str:
    """A language that the page has."""
    return language if language in page.languages else page.language


def page_url(page: Brand, language: str) -> str:
    """The page in a reader's language."""
    return f"{address.url_of(page)}/{address.prefix_of(page, spoken_on(page, language))}"


def bar_of(words: Words) -> str:
    """The bar's colour: the severity while it lasts, calm once it is over."""
    if words.is_final or words.phase == Phase.MONITORING:
        return WELL
    return BARS[words.severity]


def why(page: Brand, *, follows_one: bool = False) -> str:
    """Why a reader gets this."""
    if follows_one:
        return _(
            "You get this mail because you asked %(page)s to tell you of this incident, and of "
            "no other."
        ) % {"page": page.name}
    return _("You get this mail because you asked %(page)s to tell you when something changes.") % {
        "page": page.name
    }


def leaving(page: Brand, gaps: Holes) -> list[Link]:
    """The reader's own links."""
    token = gaps.stand_in("token")
    return [
        Link(_("Change what you hear"), asking.own_url(page, "preferences", token)),
        Link(_("Unsubscribe"), asking.own_url(page, "unsubscribe", token)),
    ]


def clock(at: datetime, page: Brand, language: str, *, now: datetime) -> str:
    """A time in the page's zone, and in UTC where that differs: "10:50 CET (09:50 UTC)"."""
    there = times.spoken(at, page.time_zone, language, now=now)
    if at.astimezone(ZoneInfo(page.time_zone)).tzname() == "UTC":
        return there
    return f"{there} ({at.astimezone(ZoneInfo('UTC')):%H:%M} UTC)"


def _blocks(
    said: Publication, layer: Layer, page: Brand, language: str, other: str, depth: Depth
) -> Iterator[Block]:
    if other:
        to_follow = _to_follow(said, page, language)
        yield paragraph(f"{only_in(other)} {to_follow}".rstrip())
    if depth is not Depth.HEADLINE:
        yield block_of(layer.body, other)
    if depth is Depth.DETAILS and layer.details.strip():
        yield block_of(layer.details, other)


def _depth(words: Words, page: Brand, medium: Medium) -> Depth:
    """How far a word goes along; a correction, a window and what was owed are told whole."""
    if words.correction or words.is_planned or words.is_progress:
        return Depth.BODY
    return published.layering_of(page.id).depth(words.severity, medium)


def block_of(words: str, language: str = "") -> Block:
    """Somebody's Markdown, for readers with HTML and for those without."""
    html = markup.html_of(words)
    return Block(prose.plain(html), html, language)


def _to_follow(said: Publication, page: Brand, language: str) -> str:
    """By when a translation was stated to come, in a mail that cannot wait for it."""
    due = said.translation_due(language)
    if due is None:
        return ""
    by = clock(due, page, language, now=said.published_at)
    return _("The translation follows by %(by)s.") % {"by": by}


def only_in(language: str) -> str:
    """That words exist in one language only."""
    return _("These words exist only %(in_language)s.") % {
        "in_language": labels.written_in(language)
    }


def _facts(
    words: Words, layer: Layer, page: Brand, language: str, other: str, *, now: datetime
) -> Iterator[Fact]:
    if words.is_progress:
        return  # what is true of the incident they were told before
    if words.window and words.is_planned:
        yield from _window_facts(words.window, page, language, now=now)
        return
    answers = Answers(words, layer, other or language, is_foreign=bool(other))
    for label, blank, value in _span(words, page, language, now=now):
        if not answers.is_told(blank, value):
            yield Fact(label, value)
    for label, name in (
        (_("Who"), "who"),
        (_("Still works"), "still_works"),
        (_("Meanwhile"), "workaround"),
        (_("In all"), "total"),
        (_("What may linger"), "lingering"),
    ):
        if value := answers.said(name):
            yield Fact(label, value, other)
    if data := answers.data:
        told = labels.data(data)
        yield Fact(_("Your data"), told[:1].upper() + told[1:])
    if action := answers.said("customer_action"):
        yield Fact(_("To do"), action, other)
    if answers.tells_side:
        yield Fact(_("Whose side"), whose_side(words, answers.said("cause")))
    if words.forecast:
        yield Fact(_("Repair expected"), _forecast(words, page, language, now=now))
    if due := answers.account_due:
        by = _("by {day}").format(day=times.day(due, language))
        yield Fact(_("Full account"), by)
    if words.long_mode:
        yield Fact(_("Pace"), _pace(words.long_mode, page, language, now=now))
    if reason := _in(words.turn_reason, language):
        yield Fact(_("Why we went back"), reason)


def _span(
    words: Words, page: Brand, language: str, *, now: datetime
) -> Iterator[tuple[str, str, str]]:
    """(label, blank of the template, value): from when until when, and how long."""
    if words.since:
        value = clock(words.since, page, language, now=now)
        yield pgettext("label", "Since"), "since", value
    if words.until:
        value = clock(words.until, page, language, now=now)
        yield pgettext("label", "Until"), "until", value
    if words.since and words.until and words.until > words.since:
        yield _("Lasted"), "duration", times.lasted(words.until - words.since, language)


def _window_facts(window: Window, page: Brand, language: str, *, now: datetime) -> Iterator[Fact]:
    """What readers ask of planned work: when, and how long they are interrupted."""
    start, end = times.window(window.starts_at, window.ends_at, page.time_zone, language, now=now)
    when = pgettext("window", "{start} to {end}").format(start=start, end=end)
    yield Fact(_("When"), when)
    voice = Voice(language, page.time_zone, now)
    yield Fact(_("Interruption"), planned.interruption(window, voice))
    if said := planned.still_works(window, voice):
        yield Fact(_("Still works"), said.text, said.lang)


def whose_side(words: Words, cause: str) -> str:
    """Whose side the cause is on, no surer than we are, and the plain sentence about it."""
    if cause:
        return labels.before_cause(words.cause_side, words.certainty) + cause
    return labels.whose_side(words.cause_side, words.certainty) + "."


def _pace(long_mode: LongMode, page: Brand, language: str, *, now: datetime) -> str:
    """Why words come less often (R-11), and since when."""
    since = clock(long_mode.since, page, language, now=now)
    told = _("Updates come less often since %(since)s.") % {"since": since}
    return f"{told} {_in(long_mode.reason, language)}"


def _forecast(words: Words, page: Brand, language: str, *, now: datetime) -> str:
    assert words.forecast is not None
    between = _("between %(earliest)s and %(latest)s") % {
        "earliest": clock(words.forecast.earliest, page, language, now=now),
        "latest": clock(words.forecast.latest, page, language, now=now),
    }
    basis = _in(words.forecast.basis, language)
    return f"{between}. {basis}" if basis else f"{between}."


def _in(told: Mapping[str, str], language: str) -> str:
    return told.get(language) or next(iter(told.values()), "")


def _next_word(words: Words, page: Brand, language: str, *, now: datetime) -> Fact | None:
    if words.next_word_at is None or words.is_final or words.next_word_at < now:
        return None
    return Fact(_("Next word by"), clock(words.next_word_at, page, language, now=now))


def _state_sheet(said: Publication, page: Brand, language: str, gaps: Holes) -> Sheet:
    when = clock(said.published_at, page, language, now=said.published_at)
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=when,
        headline=_("A state changed; words are to follow"),
        preview=_("A state changed; words are to follow"),
        blocks=[],
        facts=[Fact(*pair) for pair in _changed(said, page, language)],
        action=Link(_("See the page"), page_url(page, language)),
        why=why(page),
        links=leaving(page, gaps),
    )


def _changed(said: Publication, page: Brand, language: str) -> Sequence[tuple[str, str]]:
    nodes = shelf.components_of(page.id, retired=True).by_id()
    return [
        (nodes[change.component_id].named(language), labels.state(change.new))
        for change in said.changes
        if change.component_id in nodes and change.new != change.old
    ]
