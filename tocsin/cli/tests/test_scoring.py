"""`tocsin score`: the words are read by the coach before they are counted, where that is asked."""

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner

from tests import cast
from tests.cast import NOON
from tocsin.cli.main import main
from tocsin.statements.models import Appraisal, CoachText
from tocsin.statements.values import Layer

pytestmark = pytest.mark.django_db


def tocsin(*words: str, fails: bool = False) -> str:
    result = CliRunner().invoke(main, list(words))
    assert (result.exit_code != 0) == fails, result.output
    return result.stderr if fails else result.stdout


def figures(*words: str) -> dict[tuple[str, str | None], dict[str, Any]]:
    told = json.loads(tocsin("score", "--json", *words))
    return {(one["measure"], one["of"]): one for one in told["figures"]}


def test_what_was_not_read_is_read_where_that_is_asked() -> None:
    page = cast.a_page()
    layers = {"en": Layer("Cards fail", "Cards fail since 11:50 UTC. The cluster is slow.")}
    cast.an_incident(page, layers=layers)
    before = figures()
    assert before["completeness", None]["not_measured"] == {"not_read": 1}

    told = figures("--reread")

    assert ("completeness", None) not in told
    assert told["completeness", "investigating"]["n"] > 5
    assert told["jargon", "en"]["hits"] == 1
    assert told["sentences", "en"]["mean"] == pytest.approx(11 / 3)
    assert told["apology", "resolved"]["not_measured"] == {"still_open": 1}
    assert Appraisal.objects.get().thread.incident.title == "Checkout is failing"
    rows = list(csv.DictReader(io.StringIO(tocsin("score", "--csv"))))
    (apology, *_) = [row for row in rows if row["measure"] == "apology"]
    assert (apology["detail"], apology["n"], apology["of_points"]) == ("resolved", "0", "9")


def test_by_a_file_that_cannot_be_read_nothing_is_read() -> None:
    page = cast.a_page()
    cast.an_incident(page)
    CoachText.objects.create(
        page_id=page.id, number=1, text="readers: nobody\n", adopted_at=NOON, adopted_by="Ada"
    )

    told = tocsin("score", "--reread", fails=True)

    assert "The coach's file of this page cannot be read: Line 1" in told
