"""`tocsin account ask`, `comment` and `comments`."""

import json

import pytest
from click.testing import CliRunner

from tests import cast
from tests.cast import NOON, a_page, an_incident
from tocsin.cli.main import main
from tocsin.followup import accounts
from tocsin.journal.actors import TERMINAL
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    told = CliRunner().invoke(main, ["account", *words])
    assert told.exit_code == 0, told.output
    return told.stdout


def test_who_is_asked_once_comments_are_open_until_they_are_answered() -> None:
    incident, lea = an_incident(a_page()).incident_id, cast.lea()
    accounts.keep(incident, {"en": "It was us.\n"}, by=TERMINAL, at=NOON)

    assert "Lea is asked." in run("ask", incident, lea.email)
    assert "asked already" in run("ask", incident, lea.email)
    assert Letter.objects.filter(key__startswith="account-ask").count() == 1
    assert "Nobody commented." in run("comments", incident)
    run("comment", incident, "Since when?")
    (told,) = json.loads(run("comments", incident, "--json"))
    assert (told["text"], told["open"], told["revision"]) == ("Since when?", True, 1)
    run("comment", incident, "It is said now.", "--answers", str(told["number"]))
    assert "answered" in run("comments", incident)


def test_nobody_is_asked_who_does_not_see_the_page() -> None:
    incident, eve = an_incident(a_page()).incident_id, cast.eve()
    accounts.keep(incident, {"en": "It was us.\n"}, by=TERMINAL, at=NOON)

    for email in (eve.email, "nobody@linden.example"):
        assert CliRunner().invoke(main, ["account", "ask", incident, email]).exit_code == 1
    assert not Letter.objects.exists()


def test_how_it_was_told_stands_beside_the_account_and_in_no_file_of_it() -> None:
    incident = an_incident(a_page()).incident_id
    source = "# What happened\n\nIt was [[a name | Harbour Ltd]].\n"
    accounts.keep(incident, {"en": source}, by=TERMINAL, at=NOON)

    told = CliRunner().invoke(main, ["account", "show", incident])
    assert told.stdout == "# What happened\n\nIt was Harbour Ltd.\n"
    assert "First notice, from the first effect: not measured: nobody recorded" in told.stderr
    assert (
        "How it was told"
        not in CliRunner().invoke(main, ["account", "show", incident, "--withheld"]).output
    )

    facts = json.loads(run("show", incident, "--json"))
    assert (facts["number"], facts["language"], facts["source"]) == (1, "en", source)
    assert "Harbour" not in facts["public"]
    assert facts["withheld"] == [{"why": "a name", "text": "Harbour Ltd"}]
    assert facts["review"].keys() == json.loads(run("review", incident, "--json")).keys() - {
        "incident"
    }
    assert facts["review"]["first_notice"] == {"not_measured": "no_start"}
