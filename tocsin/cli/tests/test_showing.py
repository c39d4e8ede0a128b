"""`tocsin page score`: told, chosen, and taken back."""

import json

import pytest

from tests import cast
from tocsin.catalogue import shelf
from tocsin.cli.tests.terminal import tocsin

pytestmark = pytest.mark.django_db


def test_readers_see_it_only_once_somebody_chose_so() -> None:
    page = cast.a_page()
    assert json.loads(tocsin("page", "score", page.slug, "--json").stdout)["shown"] is False

    shown = tocsin("page", "score", page.slug, "--show")
    assert "/score" in shown.stdout
    assert shelf.brand(page.id).shows_score

    hidden = tocsin("page", "score", page.slug, "--hide")
    assert "do not see" in hidden.stdout
    assert not shelf.brand(page.id).shows_score


def test_a_page_s_country_is_told_chosen_and_let_go() -> None:
    page = cast.a_page()

    assert "counts every Monday to Friday" in tocsin("page", "country", page.slug).output
    assert "holidays of US-NY" in tocsin("page", "country", page.slug, "us-ny").output
    assert json.loads(tocsin("page", "country", page.slug, "--json").output)["country"] == "US-NY"
    assert tocsin("page", "country", page.slug, "ZZ").exit_code == 1
    tocsin("page", "country", page.slug, "none")
    assert shelf.brand(page.id).country == ""
