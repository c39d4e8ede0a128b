"""The account on its screen: drafted, kept, read from both sides, published."""

import pytest

from tests import cast
from tests.cast import NOON, a_page, an_incident, later, olu
from tocsin.console.tests.ground import came_in, nothing_written, text_of
from tocsin.disclosure import outline
from tocsin.disclosure.phases import Phase
from tocsin.followup import accounts, readings
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.post.models import Letter
from tocsin.statements import published, word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
OVER = {
    "en": Layer("You can pay again", "Cards are taken as usual."),
    "fr": Layer("Vous pouvez de nouveau payer", "Les cartes passent."),
}


def over() -> tuple[str, str]:
    """An incident that is over, and the path of its account."""
    incident = an_incident(a_page()).incident_id
    declaration.learn(incident, text="Acme Corp saw it first", by=TERMINAL, at=later(1))
    saying = Saying(phase=Phase.RESOLVED, layers=OVER, since=NOON, until=later(1))
    word.say(incident, saying, by=TERMINAL, at=later(2))
    return incident, f"/console/incidents/{incident}/account"


def sources(incident: str, **more: str) -> dict[str, str]:
    """The form with every question answered."""
    drafts = {code: accounts.drafted(incident, code, at=later(3)) for code in ("en", "fr")}
    told = {"en": "We wrote this down.", "fr": "Nous l’avons noté."}
    filled = {f"source.{code}": outline.LEFT.sub(told[code], text) for code, text in drafts.items()}
    return {"follows": "0", **filled, **more}


def test_a_look_shows_both_sides_and_writes_nothing() -> None:
    incident, path = over()
    client = came_in(olu())

    with nothing_written():
        shown = text_of(client.get(path))
        looked = text_of(client.post(path, sources(incident, do="look")))

    assert "Still to be written" in shown
    assert "Publish the account" not in shown
    assert "Publish the account" in looked
    inside, outside = looked.split('class="outside"', 1)[0], looked.split('class="outside"', 1)[1]
    assert "Acme Corp" in inside.split('class="inside"', 1)[1]
    assert "Acme Corp" not in outside.split("What is withheld, and why")[0]
    assert "[not shown: not for readers]" in outside


def test_how_it_was_told_stands_below_it() -> None:
    """Five numbers for the same meeting (R-57)."""
    _incident, path = over()

    shown = text_of(came_in(olu()).get(path)).partition("Five numbers for the review")[2]

    assert "First notice, from the first effect" in shown
    assert "Longest silence" in shown


def test_it_is_kept_and_then_published_without_what_is_withheld() -> None:
    incident, path = over()
    client = came_in(cast.ada())

    assert client.post(path, sources(incident, do="keep")).status_code == 302
    kept = accounts.kept(incident)
    assert kept is not None
    room = f"/console/incidents/{incident}"
    assert "Give the account" in text_of(client.get(room))
    said = client.post(path, sources(incident, do="publish", follows="1"))

    assert said.status_code == 302
    assert "Give the account" not in text_of(client.get(room)), "it is given"
    now = accounts.kept(incident)
    assert now is not None
    assert now.number == 1, "what had not changed is not kept again"
    story = published.story(declaration.known_of(incident).audience_id, incident)
    assert story is not None
    assert story.phase == Phase.ACCOUNT
    assert "Acme" not in story.words.layers["en"].body


def test_what_somebody_kept_meanwhile_is_not_written_over() -> None:
    incident, path = over()
    client = came_in(olu())
    client.post(path, sources(incident, do="keep"))

    mine = sources(incident, do="keep", follows="0")
    mine["source.en"] += "And this."
    refused = client.post(path, mine)

    assert refused.status_code == 422
    assert "kept revision 1 meanwhile" in text_of(refused)
    assert "And this." in text_of(refused), "what was typed is handed back"


def test_whoever_sees_nothing_finds_nothing() -> None:
    _incident, path = over()

    assert came_in(cast.eve()).get(path).status_code == 403


def test_in_french_the_faults_are_french() -> None:
    incident, path = over()
    operator = olu()
    operator.language = "fr"
    operator.save(update_fields=["language"])
    typed = sources(incident, do="publish")
    typed["source.fr"] = typed["source.fr"].replace("## 3. Vos données", "")

    refused = text_of(came_in(operator).post(path, typed))

    assert "L’intitulé « Vos données » manque" in refused.replace("\N{NO-BREAK SPACE}", " ")


def test_who_is_asked_comments_and_an_open_comment_silences_nobody() -> None:
    incident, path = over()
    ada, lea = cast.ada(), cast.lea()
    client, reader = came_in(ada), came_in(lea)
    client.post(path, sources(incident, do="keep"))

    for _twice in range(2):
        client.post(f"{path}/notes", {"do": "ask", "whom": lea.id})
    assert Letter.objects.filter(key__startswith="account-ask").count() == 1
    said = reader.post(f"{path}/notes", {"do": "comment", "text": "Why so late?"})
    assert said.status_code == 302
    assert Letter.objects.get(key__startswith="account-comment").to == ada.email
    assert readings.open_of(incident) == 1

    shown = text_of(client.get(path))
    assert "Why so late?" in shown
    published_now = client.post(path, sources(incident, do="publish", follows="1"), follow=True)
    assert "1 comment is open." in text_of(published_now)
    story = published.story(declaration.known_of(incident).audience_id, incident)
    assert story is not None
    assert story.phase == Phase.ACCOUNT

    (one,) = readings.comments_of(incident)
    client.post(
        f"{path}/notes", {"do": "answer", "about": str(one.said.number), "text": "We say so now."}
    )
    assert readings.open_of(incident) == 0


def test_nobody_comments_on_what_is_not_kept_or_not_theirs_to_see() -> None:
    incident, path = over()
    refused = came_in(olu()).post(f"{path}/notes", {"do": "comment", "text": "Too long."})
    eve = came_in(cast.eve()).post(f"{path}/notes", {"do": "comment", "text": "Hello."})

    assert refused.status_code == 422
    assert "Keep a version first" in text_of(refused)
    assert eve.status_code == 403
    assert readings.comments_of(incident) == []
