"""A promise as it is typed in an incident's room: read into values, with what cannot be read."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext as _

from tocsin.catalogue.shelf import Brand
from tocsin.console.refusals import Unread
from tocsin.followup.pledges import Pledge
from tocsin.statements.promised import Promised

PARTS = ("action", "done_when", "owner")


def pledge(typed: Mapping[str, str], page: Brand) -> Pledge:
    """What was typed. Raises Unread."""
    texts = {code: _text(typed, code) for code in page.languages}
    return Pledge(
        texts={code: text for code, text in texts.items() if text.action or text.done_when},
        due_on=day(typed.get("due_on", "")),
        is_public="is_public" in typed,
        link=typed.get("link", "").strip(),
        keeper_id=typed.get("keeper", ""),
    )


def day(typed: str) -> date:
    """A day as browsers send it. Raises Unread."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Unread([_("Say the day, such as 2026-12-01.")]) from None


def by_language(typed: Mapping[str, str], name: str, page: Brand) -> dict[str, str]:
    """One text in each of the page's languages; those left empty are left out."""
    return dict(_said(typed, name, page))


def fields_of(typed: Mapping[str, str], page: Brand) -> list[tuple[str, Promised]]:
    """What stands in the form, by language of the page."""
    return [(code, _text(typed, code)) for code in page.languages]


def _said(typed: Mapping[str, str], name: str, page: Brand) -> Iterator[tuple[str, str]]:
    for code in page.languages:
        if said := typed.get(f"{name}_{code}", "").strip():
            yield code, said


def _text(typed: Mapping[str, str], code: str) -> Promised:
    return Promised(**{part: typed.get(f"{part}_{code}", "").strip() for part in PARTS})
