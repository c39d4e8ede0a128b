"""Who may read a page: everyone, those let in by name, whoever knows the password; and circles.

CannotKeep          see shelf.py
"""

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.text import slugify

from tocsin.catalogue import shelf
from tocsin.catalogue.models import EVERYONE, Access, Audience
from tocsin.catalogue.shelf import Brand, CannotKeep, NotFound
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access as rights

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
UNUSABLE = "!"  # as Django marks an account that has no password
MOST_CIRCLES = 50  # each word is written once for every one of them


@transaction.atomic
def open_circle(
    page_id: str,
    *,
    name: str,
    access: Access,
    by: Actor,
    at: datetime,
    slug: str = "",
    password: str = "",
) -> Brand:
    """Open a closed circle among a page's readers. Raises CannotKeep.

    Only the row: what everyone was told so far is brought along by ``statements.circles``.
    """
    rights.check(by, "pages:write", page_id)
    slug = slug or slugify(name)
    if not name.strip() or not slug:
        raise CannotKeep("A circle of readers needs a name of letters or digits.")
    shelf.check_slug(slug)
    if access == Access.PUBLIC:
        raise CannotKeep("What everybody may read is the page itself. Choose named or password.")
    found = Audience.objects.filter(page_id=page_id)
    if found.filter(slug=slug).exists():
        raise CannotKeep(f"There is an audience {slug!r} already. Choose another slug.")
    if found.count() > MOST_CIRCLES:
        raise CannotKeep(f"A page has at most {MOST_CIRCLES} circles of readers.")
    row = Audience.objects.create(
        page_id=page_id,
        slug=slug,
        name=name.strip()[:100],
        access=access,
        password=_hashed(access, password, before=""),
        locked_at=at if access == Access.PASSWORD else None,
        is_joining=True,
        created_at=at,
        changed_at=at,
    )
    _noted("opened", row, by=by, at=at)
    return shelf.seen_by(row.id)


@transaction.atomic
def change_access(
    audience_id: str, access: Access, *, by: Actor, at: datetime, password: str = ""
) -> Brand:
    """Change who may read. A password left out stays as it was. Raises CannotKeep, NotFound.

    A new password lets nobody stay in who came by the old one, nor be told on.
    """
    row = Audience.objects.select_for_update().filter(pk=audience_id).first()
    if row is None:
        raise NotFound(f"No audience {audience_id!r}.")
    rights.check(by, "pages:write", row.page_id)
    if access == Access.PUBLIC and row.slug != EVERYONE:
        raise CannotKeep("A circle cannot be public: what everybody may read is the page itself.")
    before = row.password
    row.access, row.password = access, _hashed(access, password, before=before)
    if row.password != before:
        row.locked_at = at if row.password else None
    row.changed_at = at
    row.save()
    if row.slug == EVERYONE:
        shelf.touch(row.page_id, at)
    _noted("changed", row, by=by, at=at)
    return shelf.seen_by(row.id)


@transaction.atomic
def rename(audience_id: str, name: str, *, by: Actor, at: datetime) -> Brand:
    """Call a circle otherwise; its slug, and so its address, stays. Raises CannotKeep, NotFound."""
    row = Audience.objects.select_for_update().filter(pk=audience_id).first()
    if row is None:
        raise NotFound(f"No audience {audience_id!r}.")
    rights.check(by, "pages:write", row.page_id)
    if not name.strip():
        raise CannotKeep("A circle of readers needs a name of letters or digits.")
    row.name, row.changed_at = name.strip()[:100], at
    row.save()
    _noted("renamed", row, by=by, at=at)
    return shelf.seen_by(row.id)


def _hashed(access: Access, password: str, *, before: str) -> str:
    if access != Access.PASSWORD:
        return ""
    if not password and before:
        return before
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise CannotKeep(
            f"Say a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters: many will "
            "share it, and it is all that keeps others out."
        )
    return make_password(password)


def fits(audience_id: str, password: str) -> bool:
    """Whether this is the audience's password. Takes as long where there is none."""
    rows = Audience.objects.filter(pk=audience_id, access=Access.PASSWORD)
    kept = rows.values_list("password", flat=True).first()
    # Against no hash at all Django spends the time that a real one takes.
    return check_password(password[:LONGEST_PASSWORD], kept or UNUSABLE)


def password_mark(audience_id: str) -> str:
    """What changes with the password, and tells nothing of it to whoever lacks the secret key."""
    kept = Audience.objects.filter(pk=audience_id, access=Access.PASSWORD)
    return kept.values_list("password", flat=True).first() or ""


def _noted(done: str, row: Audience, *, by: Actor, at: datetime) -> None:
    chain.note(
        f"catalogue:audience:{done}",
        by=by,
        at=at,
        subject=("audience", row.id),
        page=row.page_id,
        access=row.access,
    )
