"""How values are put into words and marks on a console screen."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from tocsin.catalogue import languages
from tocsin.console import clocks, echoes, labels
from tocsin.console.handing_back import WHOSE
from tocsin.disclosure import times
from tocsin.journal.actors import ActorKind
from tocsin.journal.chain import Entry

register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """Django's own, and for whom the form is drawn, so that nobody else sends what they wrote.

    It takes the place of Django's tag wherever this library is loaded: no form of a screen can
    forget it.
    """
    token, visit = mark_safe(CsrfTokenNode().render(context)), context.get("visit")
    if visit is None:  # before somebody is in
        return token
    whose = '{}<input type="hidden" name="{}" value="{}">'
    return format_html(whose, token, WHOSE, visit.operator.id)


KINDS: dict[str, labels.Labels] = {
    "state": labels.STATES,
    "severity": labels.SEVERITIES,
    "phase": labels.PHASES,
    "posture": labels.POSTURES,
    "kind": labels.KINDS,
    "side": labels.SIDES,
    "certainty": labels.CERTAINTIES,
    "moment": labels.MOMENTS,
    "role": labels.ROLES,
    "channel": labels.CHANNELS,
    "factor": labels.FACTORS,
    "role_meaning": labels.ROLE_MEANINGS,
    "severity_meaning": labels.SEVERITY_MEANINGS,
    "act": labels.ACTS,
    "step": labels.STEPS,
    "stage": labels.STAGES,
}


def _language() -> str:
    return get_language() or "en"


@register.filter
def unmarked(name: str, mark: str) -> str:
    """A page's name without the mark of what is not in earnest, where that stands above it."""
    return name.removeprefix(mark).lstrip(" ·") if mark else name


@register.filter
def called(value: str, kind: str) -> str | Promise:
    """A value's name on the screen; one without a name is shown as it is."""
    if kind == "language":
        return labels.language(value)
    return KINDS[kind].get(value, value)


@register.filter
def who(act: Entry) -> str | Promise:
    """Who acted; a reader without an address, which the journal never knew."""
    if act.kind == ActorKind.READER:
        return _("a reader")
    if act.kind == ActorKind.SYSTEM:
        return labels.ACTORS.get(act.by, act.by)
    return act.by


@register.simple_tag(takes_context=True)
def spoken(context: template.Context, at: datetime | None) -> SafeString | str:
    """A time with its zone, and its day when that is not today there."""
    if at is None:
        return "–"
    words = times.spoken(at, context["zone"], _language(), now=context["now"])
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), words)


@register.filter
def in_words(on: date) -> str:
    """A day with its year, in the operator's language: "8 December 2026"."""
    return times.day(on, _language())


@register.simple_tag(takes_context=True)
def window(context: template.Context, starts_at: datetime, ends_at: datetime) -> str:
    """From when to when, in the page's zone."""
    zone, now = context["zone"], context["now"]
    start, end = times.window(starts_at, ends_at, zone, _language(), now=now)
    return pgettext("window", "{start} to {end}").format(start=start, end=end)


@register.simple_tag(takes_context=True)
def to_the_second(context: template.Context, at: datetime) -> SafeString:
    """A time as the record has it, to the second."""
    there = at.astimezone(ZoneInfo(context["zone"]))
    words = times.spoken(at, context["zone"], _language(), now=context["now"])
    clock = f"{there:%H:%M:%S}" + words[5:]
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), clock)


@register.simple_tag(takes_context=True)
def typed_time(context: template.Context, at: datetime | None) -> str:
    """A time as it stands in a form field."""
    return clocks.typed(at, context["zone"], now=context["now"])


@register.simple_tag
def share(part: float | None) -> str:
    """A share in whole percent, never rounded up to all of it."""
    if part is None:
        return "–"
    return f"{int(part * 100)}\N{NO-BREAK SPACE}%"


@register.filter
def echoed(sentence: str) -> str:
    """A sentence of another folder in the operator's language."""
    return echoes.echoed(sentence)


@register.filter
def lasted(span: timedelta | None) -> str:
    """A duration in words."""
    return times.lasted(span, _language()) if span is not None else "–"


@register.simple_tag(takes_context=True)
def since(context: template.Context, at: datetime, until: datetime | None = None) -> str:
    """How long ago something was, or how long it took."""
    return times.lasted((until or context["now"]) - at, _language())


@register.simple_tag(takes_context=True)
def countdown(
    context: template.Context, by: datetime, overdue_at: datetime | None = None
) -> SafeString:
    """The clock of a word owed; the script makes it tick, and without one it is still true."""
    left = by - context["now"]
    if left >= timedelta(0):
        words, kind = (
            pgettext("time left", "in %(span)s") % {"span": times.lasted(left, _language())},
            "due",
        )
    else:
        words = _("overdue by %(span)s") % {"span": times.lasted(-left, _language())}
        kind = "overdue"
    return format_html(
        '<time class="clock {}" datetime="{}" data-due="{}" data-overdue="{}"'
        ' data-in="{}" data-late="{}">{}</time>',
        kind,
        by.isoformat(),
        int(by.timestamp()),
        int((overdue_at or by).timestamp()),
        pgettext("time left", "in %(span)s"),
        _("overdue by %(span)s"),
        words,
    )


@register.filter
def both(values: list[str]) -> str:
    """Names of things joined as a sentence joins them."""
    names = [str(value) for value in values]
    if len(names) < 2:
        return "".join(names)
    last = {"first": ", ".join(names[:-1]), "last": names[-1]}
    return _("%(first)s and %(last)s") % last


@register.filter
def entry(mapping: Mapping[str, object] | None, key: str) -> object:
    """A mapping's value, for templates."""
    return (mapping or {}).get(key, "")


@register.filter
def split_words(text: str) -> list[str]:
    """The words of a list that a template spells out."""
    return text.split()


@register.filter
def example(code: str, key: str) -> str:
    """What a component's words look like in a language."""
    return languages.of(code).example[key]


@register.filter
def takes_article(code: str) -> bool:
    """Whether a language's templates want the noun with its article."""
    return languages.of(code).needs_article


@register.filter
def named_languages(layers: Mapping[str, object]) -> list[str]:
    """The names of the languages that something is said in."""
    return [labels.language(code) for code in layers]
