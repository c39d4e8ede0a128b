"""A PIN of four digits stands in times and ids by chance; only where words are it is taken out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.story.telling import Telling
from tocsin.announcements.models import Announcement, Subscription
from tocsin.catalogue.models import Page
from tocsin.catalogue.tree import State
from tocsin.incidents.models import Series
from tocsin.incidents.plans import Plan
from tocsin.journal import chain
from tocsin.page import disk, memory, site
from tocsin.statements import maintenance, prose, publication, published, redaction, shouted, values
from tocsin.statements.models import Publication as Row
from tocsin.statements.models import Script
from tocsin.statements.notices import Script as Typed
from tocsin.statements.redaction import CannotRedact
from tocsin.statements.shouted import Shout
from tocsin.statements.sweeping import Sought, mark
from tocsin.statements.values import Layer

SHORT = ["4821", "sev1", "2026", "word", "email", "Etc/UTC", "identified"]
REASON = {"en": "Something stood here that should not have."}
CHANCE = timedelta(microseconds=4821)


def a_series(night: Telling, text: str) -> None:
    at = night.at("09:01")
    starts_at = at + timedelta(days=8)
    plan = Plan(
        title=f"Moving the orders, {text}",
        effects={"checkout": State.MAINTENANCE},
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )
    work = {"work": f"We move orders. {text}.", "benefit": "Checkout is quicker."}
    travaux = {"work": "Nous déplaçons.", "benefit": "Le paiement est plus rapide."}
    typed = Typed(texts={"en": work, "fr": travaux})
    maintenance.announce(night.page.id, plan, typed, rule="FREQ=WEEKLY", by=night.lea, at=at)


def said(night: Telling, text: str) -> str:
    """Words that hold it, said at a moment that holds 4821 too."""
    incident = night.said_first("09:07")
    saying = night.identified("We know why checkout fails", "09:45")
    layers = {"en": Layer("We know why", f"Type {text}."), "fr": Layer("Nous savons", "Bien.")}
    saying = replace(saying, layers=layers, since=night.night.when("09:03") + CHANCE)
    night.said("09:22", incident, saying, by=night.olu)
    night.run_lanes()
    return incident


def untouched() -> list[object]:
    return [
        list(Series.objects.values_list("first", "pattern", "zone", "effects")),
        list(Page.objects.values_list("time_zone", "languages", "slug", "look")),
        list(Subscription.objects.values_list("channel", "language", "address")),
        list(Announcement.objects.values_list("about", "reason")),
    ]


@pytest.mark.parametrize("secret", SHORT)
def test_only_words_lose_it_and_all_can_still_be_read(night: Telling, secret: str) -> None:
    a_series(night, secret)
    incident = said(night, secret)
    before = untouched()
    facts = published.story(night.page.audience_id, incident)
    assert facts is not None

    redaction.redact(night.page.id, secret, reason=REASON, by=night.lea, at=night.at("09:30"))
    memory.forget()
    night.run_lanes()

    now = published.story(night.page.audience_id, incident)
    assert now is not None
    assert now.words.layers["en"].body == "Type (removed)."
    assert replace(now.words, layers=facts.words.layers) == facts.words
    assert "Type (removed)." in night.reads(f"incidents/{incident}")
    assert untouched() == before
    assert publication.faults() == []
    assert chain.verify().faults == []


def test_a_series_says_it_in_no_later_window(night: Telling) -> None:
    a_series(night, "hunter2-9f3a")
    said(night, "hunter2-9f3a")

    redaction.redact(
        night.page.id, "hunter2-9f3a", reason=REASON, by=night.lea, at=night.at("09:30")
    )

    assert not any("hunter2" in str(row.told) for row in Script.objects.all())
    maintenance.turn(night.at("09:31") + timedelta(days=12))
    assert Row.objects.filter(phase="announced").count() > 1
    assert not any("hunter2" in str(row.content) for row in Row.objects.all())


def test_what_could_not_be_read_again_is_not_written(
    night: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(night, "identified")
    before = list(Row.objects.order_by("pk").values_list("content", "salt"))
    assert isinstance(values.PROSE, dict)
    monkeypatch.setitem(values.PROSE, "phase", prose.TEXT)

    with pytest.raises(CannotRedact, match="could not be read again"):
        redaction.redact(
            night.page.id, "identified", reason=REASON, by=night.lea, at=night.at("09:30")
        )

    assert list(Row.objects.order_by("pk").values_list("content", "salt")) == before


def test_a_shout_that_waits_can_still_be_taken_in(night: Telling) -> None:
    at = night.at("09:20")
    folder = site.directory_of(night.page)
    shout = Shout(
        id="aaaaaaaaaaaa",
        about="aaaaaaaaaaaa",
        page_id=night.page.id,
        is_over=False,
        severity="sev1",
        layers={"en": "Checkout is failing. Type 2026."},
        at=at,
        next_word_at=None,
        by="Olu",
    )
    disk.replace(folder / shouted.FOLDER / f"{shout.id}.json", shouted.written(shout))

    site.scour(night.page, Sought("2026").pattern, mark("en"), at=at)

    said = {"en": "Checkout is failing. Type (removed)."}
    assert shouted.waiting(folder) == (replace(shout, layers=said),)
