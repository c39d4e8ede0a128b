"""The page that a key opens."""

from typing import Annotated

from django.conf import settings
from django.http import HttpResponse
from ninja import Router
from pydantic import StringConstraints

from tocsin.api.v1 import recall, shapes
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, written
from tocsin.api.v1.fields import Sent
from tocsin.api.v1.shapes import Values
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.page.address import url_of
from tocsin.page.statuspage import stamp

router = Router()
Text = Annotated[str, StringConstraints(max_length=253)]


class PageFields(Sent):
    """What can be changed; the rest of what a client sends is left as it is here."""

    name: Annotated[str, StringConstraints(max_length=100)] | None = None
    time_zone: Text | None = None
    domain: Text | None = None


class PageBody(Sent):
    page: PageFields


@router.get("/pages", response=reads(list[shapes.Page]), operation_id="pages")
def pages(request: Asked) -> HttpResponse:
    """The one page that this key opens, in a list."""
    return written([_told(request.call.page)])


@router.get("/pages/{page_id}", response=reads(shapes.Page), operation_id="page")
def page(request: Asked, page_id: str) -> HttpResponse:
    """The page."""
    return written(_told(request.call.page))


@router.api_operation(
    ["PATCH", "PUT"], "/pages/{page_id}", response=writes(shapes.Page), operation_id="change_page"
)
def change(request: Asked, page_id: str, body: PageBody) -> HttpResponse:
    """Change its name or time zone; a domain is given by whoever runs the installation."""
    call, told = request.call, body.page
    changed = {name: value for name, value in told.dict(exclude_none=True).items() if value != ""}
    if not changed:
        return written(_told(call.page))
    kept = shelf.change_page(call.page.id, by=call.by, at=call.at, **changed)
    recall.anew(kept)
    return written(_told(kept))


def _told(kept: Brand) -> Values:
    contact = kept.contact if kept.contact.startswith(("http://", "https://")) else None
    nothing = ("page_description", "headline", "notifications_email_footer", "activity_score")
    nowhere = ("twitter_username", "ip_restrictions", "city", "state", "country")
    ways = ("page", "incident", "email", "webhook")
    return {
        "id": kept.id,
        "created_at": stamp(kept.created_at),
        "updated_at": stamp(kept.changed_at),
        "name": kept.name,
        "branding": "basic",
        "subdomain": kept.slug,
        "domain": kept.domain or None,
        "url": url_of(kept),
        "support_url": contact,
        "hidden_from_search": not kept.is_public,
        **{f"allow_{way}_subscribers": True for way in ways},
        "allow_sms_subscribers": False,
        "allow_rss_atom_feeds": True,
        "notifications_from_email": settings.TOCSIN.mail_from,
        "viewers_must_be_team_members": not kept.is_public,
        "time_zone": kept.time_zone,
        **dict.fromkeys((*nothing, *nowhere)),
    }
