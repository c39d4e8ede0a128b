"""The five numbers of one incident (R-57) in sentences for its readers, beside the account."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.catalogue.shelf import Brand
from tocsin.page.reviews import Line, Review
from tocsin.scorecard import labels, measures
from tocsin.scorecard.figures import NotMeasured, Span, Why
from tocsin.scorecard.measures import Card

ZERO = timedelta(0)


def reviews(page: Brand, card: Card) -> Mapping[str, Review]:
    """How readers were told of an incident, in each language of the page."""
    return {language: _review(card, language) for language in page.languages}


def _review(card: Card, language: str) -> Review:
    with translation.override(language):
        return Review(tuple(_lines(card, language)), tuple(_notes(card)))


def _lines(card: Card, language: str) -> Iterator[Line]:
    five = measures.review(card)
    yield _line(_("From when it began to our first word"), five.first_notice, language)
    yield _line(
        _("Then until you knew what failed, for whom, since when, and our next word"),
        five.scope,
        language,
    )
    kept, owed = five.kept
    name = _("Times that we gave for a next word, and kept")
    if owed:
        yield Line(name, _("%(hits)s of %(n)s") % {"hits": kept, "n": owed}, is_measured=True)
    else:
        yield _line(name, NotMeasured(Why.NOTHING_STATED), language)
    yield _line(_("Longest that we were silent meanwhile"), five.silence, language)
    yield _who_knew_first(five.lead, language)


def _line(name: str, told: Span, language: str) -> Line:
    if isinstance(told, NotMeasured):
        value = _("Not measured: %(why)s.") % {"why": labels.WHYS[told.why]}
        return Line(name, value, is_measured=False)
    value = labels.spelled(told, language) if told else _("at once")
    return Line(name, value, is_measured=True)


def _who_knew_first(lead: Span, language: str) -> Line:
    name = _("Who knew first")
    if isinstance(lead, NotMeasured):
        return _line(name, lead, language)
    by = {"by": labels.spelled(abs(lead), language)}
    if lead > ZERO:
        value = _("You heard it from us %(by)s before the first customer wrote to us.") % by
    elif lead < ZERO:
        value = _("A customer wrote to us %(by)s before our first word.") % by
    else:
        value = _("A customer wrote to us at the moment of our first word.")
    return Line(name, value, is_measured=True)


def _notes(card: Card) -> Iterator[str]:
    """What to bear in mind, in sentences."""
    if card.by_publication:
        yield _("Nobody looked when readers could see our words: they count from publishing.")
    if again := card.incident.start_revisions:
        yield ngettext(
            "When it began was put right once; the last that we know counts.",
            "When it began was put right %(count)s times; the last that we know counts.",
            again,
        ) % {"count": again}
