"""What was said of some components, and what is open, is found by an index in any record."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import a_page, an_incident, later
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.statements import circles, publication, published, word
from tocsin.statements.models import Mention
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    """Linden's page, with trouble at checkout that is over, at sign-in, and an override of both."""
    page = a_page()
    spoken = an_incident(page)
    over = Saying(phase=Phase.RESOLVED, layers={"en": Layer("It works again", "All is well.")})
    word.say(spoken.incident_id, over, by=TERMINAL, at=later(1))
    an_incident(page, component="sign-in", at=later(2))
    publication.publish_state(page.id, {"checkout": State.DEGRADED}, by=TERMINAL, at=later(3))
    return page


def id_of(page: Brand, slug: str) -> str:
    node = shelf.components_of(page.id).find(slug)
    assert node is not None
    return node.id


def told(page: Brand, audience_id: str, *slugs: str) -> list[int]:
    keys = [id_of(page, slug) for slug in slugs]
    return [said.number for said in published.speaking_of(audience_id, keys)]


def mentions() -> set[tuple[str, str, str | None, str | None]]:
    columns = ("audience_id", "component_id", "incident_id", "publication_id")
    return set(Mention.objects.values_list(*columns))


def test_what_was_said_of_a_component_comes_with_all_of_its_incidents(page: Brand) -> None:
    assert told(page, page.audience_id, "checkout") == [1, 2, 4]
    assert told(page, page.audience_id, "sign-in") == [3]
    assert told(page, page.audience_id, "checkout", "sign-in") == [1, 2, 3, 4]
    assert told(page, page.audience_id, "cart") == []
    assert told(page, page.audience_id) == []


def test_a_circle_that_joins_finds_it_too(page: Brand) -> None:
    circle = circles.open_circle(
        page.id, name="Partners", access=Access.NAMED, by=TERMINAL, at=later(4)
    )

    assert told(page, circle.audience_id, "checkout") == [1, 2, 4]


def test_nothing_is_read_but_what_speaks_of_it(page: Brand) -> None:
    """Told of to the database as it would be of a long record: small ones are read whole."""
    key = id_of(page, "checkout")
    with CaptureQueriesContext(connection) as asked:
        published.speaking_of(page.audience_id, [key])

    plans = [plan_of(query["sql"]) for query in asked.captured_queries]

    assert len(plans) == 2
    assert not any("LIKE" in query["sql"].upper() for query in asked.captured_queries)
    for plan in plans:
        assert "statements_mention" in plan
        assert not any(scan in plan for scan in ("SCAN statements", "Seq Scan on statements"))


def test_what_is_open_is_found_without_going_through_what_is_over(page: Brand) -> None:
    with CaptureQueriesContext(connection) as asked:
        published.open_stories(page.audience_id)
        published.planned_stories(page.audience_id)

    threads = [q["sql"] for q in asked.captured_queries if 'FROM "statements_thread"' in q["sql"]]
    assert len(threads) == 2
    assert all(finds_by("statements_open_threads", sql) for sql in threads)


def test_the_words_of_some_incidents_are_found_without_going_through_all(page: Brand) -> None:
    told = [an_incident(page, at=later(minute)).incident_id for minute in (5, 6)]
    with CaptureQueriesContext(connection) as asked:
        stories = published.stories_of(page.audience_id, told)

    assert [story.incident_id for story in stories] == told
    assert all(finds_by("statements_of_incident", q["sql"]) for q in asked.captured_queries)


def finds_by(index: str, sql: str) -> bool:
    """Whether a query looks its rows up in an index.

    In which one, SQLite decides by what the query says. PostgreSQL decides by how many rows it
    believes there are, which a handful says nothing about: there it only may not go through all.
    """
    plan = plan_of(sql)
    if connection.vendor == "sqlite":
        return index in plan
    return "Index Cond" in plan and "Seq Scan" not in plan


def plan_of(sql: str) -> str:
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if not is_sqlite:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if is_sqlite else 'EXPLAIN'} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_what_was_said_before_is_looked_through_once(page: Brand) -> None:
    before = mentions()
    Mention.objects.all().delete()
    migration = import_module("tocsin.statements.migrations.0010_mentions_of_the_past")

    for _turn in range(2):
        migration.look_through_what_was_said(apps, None)

    assert mentions() == before
