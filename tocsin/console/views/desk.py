"""The night desk: everything open on one screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console import refusals, telling
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.views.clearing import rows_of
from tocsin.console.views.drafted import Hint, cards, hint
from tocsin.console.views.owed import owing_of
from tocsin.console.views.sheets import warned
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.statements import cadence, drafting, published, translation
from tocsin.statements.cadence import Owed
from tocsin.statements.nudges import Nudged
from tocsin.statements.published import Story


@dataclass(frozen=True, slots=True)
class Watch:
    """One open incident on the desk. ``said_after`` is the wait for the first word."""

    known: Known
    page: Brand
    story: Story | None
    owed: Owed | None
    has_draft: bool
    progress: telling.Shown | None
    hint: Hint | None

    @property
    def reminded(self) -> tuple[Nudged, ...]:
        """Who was reminded of the word owed now, the newest first."""
        return owing_of(self.owed).reminded if self.owed else ()

    @property
    def said_after(self) -> timedelta | None:
        if self.story is None:
            return None
        known_at = self.known.moments.get("detected", self.known.declared_at)
        return max(self.story.opened_at - known_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class Wordless:
    """A component whose state changed in public without words."""

    page: Brand
    component_id: str
    name: str
    state: State


@operators_only
@require_safe
def desk(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is open, what word is owed, how the last one went out."""
    watches = sorted(_watches(visit), key=_urgency)
    context = {
        "watches": watches,
        "drafts": cards(visit),
        "waiting": rows_of(visit),
        "wordless": [bare for page in visit.pages for bare in _wordless(visit, page)],
        "lacking": translation.owed(visit.pages, at=visit.at),
        "sheets": [(page, told) for page in visit.pages if (told := warned(visit, page))],
        "closed": [pair for page in visit.pages for pair in _closed(visit, page)][:5],
        "held": telling.held(visit.pages),
        "outbox": None if settings.TOCSIN.smtp_url else settings.TOCSIN.outbox_dir,
        "unlisted": [at_page(visit, page) for page in visit.pages if _may_list(visit, page)],
        "may_release": visit.may("release"),
    }
    name = "desk_now" if request.headers.get("HX-Request") else "desk"
    return screen(request, visit, name, context)


def _may_list(visit: Visit, page: Brand) -> bool:
    """Whether the page lists nothing yet and this operator can mend that."""
    may = visit.may("components:write", page.id)
    return may and not shelf.components_of(page.id).roots


def _urgency(watch: Watch) -> tuple[float, str]:
    due = watch.owed.by.timestamp() if watch.owed else float("inf")
    return due, watch.known.id


def _watches(visit: Visit) -> Iterator[Watch]:
    for page in visit.pages:
        for known in declaration.open_incidents(page.id):
            story = published.story(known.audience_id, known.id)
            yield Watch(
                known=known,
                page=page,
                story=story,
                owed=cadence.next_word_due(known, story),
                has_draft=drafting.live_draft_of(known.id) is not None,
                progress=telling.shown(story.latest, at=visit.at) if story else None,
                hint=hint(known, page, visit.language, at=visit.at),
            )


def _wordless(visit: Visit, page: Brand) -> Iterator[Wordless]:
    spoken_of = {key for known in declaration.open_incidents(page.id) for key in known.impacts}
    nodes = shelf.components_of(page.id).by_id()
    for key, state in published.states_now(page.audience_id).items():
        if key not in spoken_of and key in nodes:
            yield Wordless(page, key, nodes[key].named(visit.language), state)


def _closed(visit: Visit, page: Brand) -> Iterator[tuple[Known, Brand]]:
    for known in declaration.recent_incidents(page.id, limit=20):
        if not known.is_open:
            yield known, page


@operators_only
def nowhere(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Any other address below /console/."""
    raise refusals.NotHere(_("There is nothing at this address. The menu leads to what there is."))
