"""Choosing whether readers see how well a page tells them: nobody is shown it unasked."""

from datetime import datetime

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.models import Page
from tocsin.catalogue.shelf import Brand, NotFound
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access


@transaction.atomic
def show_score(page_id: str, *, shown: bool, by: Actor, at: datetime) -> Brand:
    """Put the page's score where its readers are, or take it away. Raises NotFound, NotAllowed."""
    access.check(by, "pages:write", page_id)
    page = Page.objects.select_for_update().filter(pk=page_id).first()
    if page is None:
        raise NotFound(f"No page {page_id!r}. See `tocsin page list`.")
    if page.shows_score == shown:
        return shelf.brand(page_id)
    page.shows_score = shown
    page.changed_at = shelf.after(page, at)
    page.save()
    verb = "catalogue:page:score_shown" if shown else "catalogue:page:score_hidden"
    chain.note(verb, by=by, at=at, subject=("page", page.id), page=page.id)
    return shelf.brand(page_id)
