"""The verbs that an operator uses, over a real database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tocsin.catalogue import shelf
from tocsin.catalogue.models import Page
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide, Posture
from tocsin.disclosure.severity import Indicator, Severity
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Altered
from tocsin.statements import drafting, fitness, publication, published, word
from tocsin.statements.fitness import HEADLINE_LENGTH, NotFitToSay
from tocsin.statements.models import Publication
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def page() -> shelf.Brand:
    page = shelf.open_page(name="Linden", languages=("en", "fr"), by=TERMINAL, at=NOON)
    words = {
        "en": {"function": "checkout", "can_do": "pay"},
        "fr": {"function": "le paiement", "can_do": "payer"},
    }
    shelf.add_component(page.id, name="Shop", by=TERMINAL, at=NOON)
    shelf.add_component(page.id, name="Checkout", parent="shop", words=words, by=TERMINAL, at=NOON)
    shelf.add_component(page.id, name="Cart", parent="shop", by=TERMINAL, at=NOON)
    return page


def declared(page: shelf.Brand, *, component: str = "checkout", at: datetime = NOON) -> word.Spoken:
    return word.declare(
        page.id,
        title="Checkout is failing",
        components={component: State.MAJOR},
        by=TERMINAL,
        at=at,
    )


def saying(phase: Phase, text: str = "We put it back.", **more: object) -> Saying:
    layers = {"en": Layer(headline="Checkout is failing", body=text)}
    return Saying(phase=phase, layers=layers, **more)  # type: ignore[arg-type]


def states(page: shelf.Brand) -> dict[str, State]:
    slugs = {node.id: node.slug for node in shelf.components_of(page.id)}
    return {slugs[key]: state for key, state in published.states_now(page.audience_id).items()}


def test_a_declaration_says_the_holding_statement_in_every_language(page: shelf.Brand) -> None:
    spoken = declared(page)

    words = spoken.publication.words
    assert words is not None
    assert spoken.publication.number == 1
    assert words.phase == Phase.HOLDING
    assert words.layers["en"].headline == "We are looking into a problem with checkout."
    assert words.layers["fr"].headline.startswith(
        "Nous examinons un problème concernant le paiement"
    )
    assert words.name["en"] == "Checkout is failing"
    assert words.severity == Severity.SEV1
    assert words.next_word_at == later(20)


def test_the_first_word_comes_with_its_states(page: shelf.Brand) -> None:
    declared(page)

    assert states(page) == {"checkout": State.MAJOR}


def test_declaring_on_a_group_lands_on_everything_below(page: shelf.Brand) -> None:
    declared(page, component="shop")

    assert states(page) == {"checkout": State.MAJOR, "cart": State.MAJOR}


def test_a_group_speaks_in_the_pages_words_when_it_has_none(page: shelf.Brand) -> None:
    words = declared(page, component="shop").publication.words

    assert words is not None
    assert words.layers["en"].headline == "We are looking into a problem with our service."


def test_a_non_final_word_without_a_next_one_takes_the_usual_wait(page: shelf.Brand) -> None:
    first = declared(page)

    spoken = word.say(first.incident_id, saying(Phase.IDENTIFIED), by=TERMINAL, at=later(15))

    assert spoken.publication.words is not None
    assert spoken.publication.words.next_word_at == later(35)


def test_resolving_says_the_end_and_turns_everything_green(page: shelf.Brand) -> None:
    first = declared(page)

    spoken = word.say(first.incident_id, saying(Phase.RESOLVED), by=TERMINAL, at=later(60))

    assert spoken.publication.words is not None
    assert spoken.publication.words.next_word_at is None
    assert spoken.publication.words.until == later(60)
    assert states(page) == {}
    assert published.open_stories(page.audience_id) == ()
    assert not declaration.known_of(first.incident_id).is_open


def test_a_refused_word_leaves_nothing_half_done(page: shelf.Brand) -> None:
    first = declared(page)
    empty = Saying(phase=Phase.RESOLVED, layers={"en": Layer(headline="x" * 91, body="")})

    with pytest.raises(NotFitToSay) as refused:
        word.say(first.incident_id, empty, by=TERMINAL, at=later(60))

    assert "91 characters" in refused.value.findings[0]
    assert declaration.known_of(first.incident_id).is_open
    assert published.last_number(page.audience_id) == 1


def test_two_incidents_on_one_component_show_the_worst(page: shelf.Brand) -> None:
    first = declared(page)
    second = word.declare(
        page.id,
        title="Slow checkout",
        components={"checkout": State.DEGRADED},
        by=TERMINAL,
        at=later(5),
    )
    assert states(page) == {"checkout": State.MAJOR}

    word.say(first.incident_id, saying(Phase.RESOLVED), by=TERMINAL, at=later(10))
    assert states(page) == {"checkout": State.DEGRADED}

    word.say(second.incident_id, saying(Phase.RESOLVED), by=TERMINAL, at=later(20))
    assert states(page) == {}


def test_the_second_of_two_operators_is_refused_with_the_difference(page: shelf.Brand) -> None:
    first = declared(page)
    mine = drafting.open_draft(first.incident_id, by=TERMINAL, at=later(5))
    word.say(
        first.incident_id, saying(Phase.IDENTIFIED, "A change of ours."), by=TERMINAL, at=later(6)
    )

    with pytest.raises(drafting.Overtaken) as refused:
        word.say(
            first.incident_id,
            saying(Phase.INVESTIGATING, "Still looking.", turn_reason={"en": "More to see."}),
            draft_id=mine.id,
            by=TERMINAL,
            at=later(7),
        )

    assert "-body (en): A change of ours." in refused.value.difference
    assert "+body (en): Still looking." in refused.value.difference
    assert published.last_number(page.audience_id) == 2


def test_two_revisions_of_one_draft_do_not_overwrite_each_other(page: shelf.Brand) -> None:
    first = declared(page)
    draft = drafting.open_draft(first.incident_id, by=TERMINAL, at=later(5))
    known = declaration.known_of(first.incident_id)
    mine = word.compose(known, saying(Phase.INVESTIGATING, "Mine."), at=later(5))
    theirs = word.compose(known, saying(Phase.INVESTIGATING, "Theirs."), at=later(5))
    drafting.revise(draft.id, theirs, follows=0, by=TERMINAL, at=later(6))

    with pytest.raises(drafting.Overtaken, match=r"-body \(en\): Theirs\."):
        drafting.revise(draft.id, mine, follows=0, by=TERMINAL, at=later(7))


def test_going_back_must_be_explained(page: shelf.Brand) -> None:
    first = declared(page)
    word.say(first.incident_id, saying(Phase.MONITORING), by=TERMINAL, at=later(10))

    with pytest.raises(NotFitToSay, match="say why"):
        word.say(first.incident_id, saying(Phase.INVESTIGATING), by=TERMINAL, at=later(20))

    explained = saying(Phase.INVESTIGATING, turn_reason={"en": "It came back at 12:18 UTC."})
    spoken = word.say(first.incident_id, explained, by=TERMINAL, at=later(21))
    assert spoken.publication.words is not None
    assert spoken.publication.words.turn_reason["en"].startswith("It came back")


def test_an_open_incident_over_green_components_is_refused(page: shelf.Brand) -> None:
    first = declared(page)

    with pytest.raises(declaration.CannotDeclare, match="contradicts"):
        word.say(
            first.incident_id,
            saying(Phase.MONITORING, components={"checkout": State.OPERATIONAL}),
            by=TERMINAL,
            at=later(10),
        )


def test_a_repair_forecast_before_the_cause_is_known_is_refused(page: shelf.Brand) -> None:
    first = declared(page)
    forecast = published.Forecast(later(30), later(60), {"en": "400 GB at this rate"})

    with pytest.raises(NotFitToSay, match="before the cause"):
        word.say(
            first.incident_id,
            saying(Phase.INVESTIGATING, forecast=forecast),
            by=TERMINAL,
            at=later(10),
        )


def test_the_cause_side_follows_the_posture(page: shelf.Brand) -> None:
    first = declared(page)

    spoken = word.say(
        first.incident_id,
        saying(Phase.IDENTIFIED, posture=Posture.SUPPLIER),
        by=TERMINAL,
        at=later(10),
    )

    assert spoken.publication.words is not None
    assert spoken.publication.words.cause_side == CauseSide.UPSTREAM


def test_a_resolved_incident_reopens_with_a_reason_and_components(page: shelf.Brand) -> None:
    first = declared(page)
    word.say(first.incident_id, saying(Phase.RESOLVED), by=TERMINAL, at=later(60))

    back = saying(
        Phase.INVESTIGATING,
        components={"checkout": State.PARTIAL},
        turn_reason={"en": "It failed again at 13:20 UTC."},
    )
    word.say(first.incident_id, back, by=TERMINAL, at=later(90))

    assert states(page) == {"checkout": State.PARTIAL}
    assert len(published.open_stories(page.audience_id)) == 1


def test_a_start_told_later_dates_the_stretch_of_trouble(page: shelf.Brand) -> None:
    word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        started_at=later(-30),
        by=TERMINAL,
        at=NOON,
    )

    (span,) = published.spans_between(page.audience_id, later(-60), later(60))
    assert span.since == later(-30)


def test_an_override_stands_beside_open_incidents(page: shelf.Brand) -> None:
    said = publication.publish_state(page.id, {"cart": State.DEGRADED}, by=TERMINAL, at=NOON)

    assert said.words is None
    assert states(page) == {"cart": State.DEGRADED}

    publication.publish_state(page.id, {"cart": State.OPERATIONAL}, by=TERMINAL, at=later(5))
    assert states(page) == {}


def test_a_component_that_became_a_group_can_recover(page: shelf.Brand) -> None:
    publication.publish_state(page.id, {"cart": State.MAJOR}, by=TERMINAL, at=NOON)
    shelf.add_component(page.id, name="Basket", parent="cart", by=TERMINAL, at=later(1))

    publication.publish_state(page.id, {"cart": State.DEGRADED}, by=TERMINAL, at=later(2))
    assert states(page) == {"basket": State.DEGRADED}

    publication.publish_state(page.id, {"cart": State.OPERATIONAL}, by=TERMINAL, at=later(3))
    assert states(page) == {}


def test_an_incident_follows_a_component_that_became_a_group(page: shelf.Brand) -> None:
    spoken = declared(page, component="cart")
    shelf.add_component(page.id, name="Basket", parent="cart", by=TERMINAL, at=later(1))

    known = declaration.escalate(
        spoken.incident_id, components={"cart": State.DEGRADED}, by=TERMINAL, at=later(2)
    )

    slugs = {node.id: node.slug for node in shelf.components_of(page.id)}
    told = {slugs[key]: state for key, state in known.impacts.items()}
    assert told == {"cart": State.OPERATIONAL, "basket": State.DEGRADED}


def test_a_publication_cannot_be_changed(page: shelf.Brand) -> None:
    row = Publication.objects.get(pk=declared(page).publication.id)

    with pytest.raises(Altered):
        row.save()


def test_a_publication_changed_behind_our_back_is_found(page: shelf.Brand) -> None:
    said = declared(page).publication
    assert publication.faults() == []

    Publication.objects.filter(pk=said.id).update(content={"words": None, "changes": []})

    assert publication.faults() == ["Publication no. 1 was changed after it was published."]


def test_every_act_is_in_the_journal(page: shelf.Brand) -> None:
    said = declared(page).publication

    verbs = {entry.verb for entry in chain.recent(page=page.id)}

    assert {
        "incidents:incident:declared",
        "statements:draft:opened",
        "statements:draft:revised",
        "statements:clearance:granted",
        "statements:publication:published",
    } <= verbs
    assert chain.read(("publication", said.id))[0].detail["number"] == 1


def test_an_unknown_component_says_where_to_look(page: shelf.Brand) -> None:
    with pytest.raises(declaration.CannotDeclare, match="component list"):
        declared(page, component="nothing")
    assert published.last_number(page.audience_id) == 0


LONG = "the very long name of a thing that customers use every day without thinking of what it is"


def in_words(function: str) -> dict[str, dict[str, str]]:
    return {code: {"function": function, "can_do": "use it"} for code in ("en", "fr")}


def test_a_components_long_words_never_block_the_holding_statement(page: shelf.Brand) -> None:
    words = in_words(LONG)
    shelf.add_component(page.id, name="Long", words=words, by=TERMINAL, at=NOON)
    shelf.change_page(page.id, words=in_words("the shop"), by=TERMINAL, at=NOON)

    told = declared(page, component="long").publication.words

    assert told is not None
    for layer in told.layers.values():
        assert len(layer.headline) <= HEADLINE_LENGTH
        assert "the shop" in layer.headline.lower()
        assert LONG in layer.body.lower()


def test_a_pages_long_words_give_way_to_our_service(page: shelf.Brand) -> None:
    shelf.change_page(page.id, words=in_words(LONG), by=TERMINAL, at=NOON)

    told = declared(page, component="cart").publication.words

    assert told is not None
    assert "our service" in told.layers["en"].headline.lower()
    assert "notre service" in told.layers["fr"].headline.lower()


def test_a_headline_that_was_made_too_long_says_so_with_its_language(page: shelf.Brand) -> None:
    told = declared(page).publication.words
    assert told is not None
    layers = {"fr": Layer(headline="x" * 92, body="Corps.")}

    with pytest.raises(NotFitToSay) as refused:
        fitness.check(
            replace(told, layers=layers),
            before=None,
            languages=page.languages,
            at=NOON,
            made=frozenset({"fr"}),
        )

    assert refused.value.findings == [
        (
            "The headline (French) was made by the template and has 92 characters; "
            "90 is the most. Type a shorter one."
        )
    ]


@pytest.mark.parametrize("due", [date(2028, 1, 1), date.max])
def test_no_account_is_promised_for_a_day_that_nobody_waits_for(
    page: shelf.Brand, due: date
) -> None:
    incident_id = declared(page).publication.incident_id
    assert incident_id
    last = saying(Phase.RESOLVED, account_due=due)

    with pytest.raises(NotFitToSay, match="The account is more than 366 days away"):
        word.say(incident_id, last, by=TERMINAL, at=later(5))

    near = replace(last, account_due=date(2027, 11, 24))
    said = word.say(incident_id, near, by=TERMINAL, at=later(5))
    assert said.publication.words is not None
    assert said.publication.words.account_due == date(2027, 11, 24)


def test_no_account_is_promised_for_a_day_that_is_past_where_the_page_is(
    page: shelf.Brand,
) -> None:
    # Nine hours ahead: there it is tomorrow from 15:00Z on.
    Page.objects.filter(pk=page.id).update(time_zone="Asia/Tokyo")
    incident_id = declared(page).publication.incident_id
    assert incident_id
    noon = later(0)
    night, promised = noon + timedelta(hours=4), (noon + timedelta(days=1)).date()

    yesterday = saying(Phase.RESOLVED, account_due=noon.date())
    with pytest.raises(NotFitToSay, match="promised by 2026-11-23, which is past"):
        word.say(incident_id, yesterday, by=TERMINAL, at=night)
    assert declaration.known_of(incident_id).is_open, "nothing was changed"

    today = saying(Phase.RESOLVED, account_due=promised)
    word.say(incident_id, today, by=TERMINAL, at=night)
    # What was promised stays so, however late it is: a later word says the same day once more.
    today = replace(today, impact=Indicator.NONE)
    again = word.say(incident_id, today, by=TERMINAL, at=night + timedelta(days=3))
    assert again.publication.words is not None
    assert again.publication.words.account_due == promised
