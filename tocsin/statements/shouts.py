"""Bringing what was shouted into the record, once the database is back.

UntakenShout        some shouts wait and cannot be taken in; says which, and why
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import MomentKind
from tocsin.journal import chain
from tocsin.journal.actors import WORKER, Actor, ActorKind
from tocsin.statements import clearance, drafting, fitness, publication, published, shouted
from tocsin.statements.models import Shout as ShoutRow
from tocsin.statements.shouted import Shout, Unreadable
from tocsin.statements.values import Layer, Words

REFUSED = (
    declaration.CannotDeclare,
    drafting.CannotDraft,
    fitness.NotFitToSay,
    clearance.CannotClear,
    publication.NotCleared,
)


class UntakenShout(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file beside a page, and the shout or the reason why it is none."""

    path: Path
    slug: str
    shout: Shout | Unreadable


def waiting() -> list[Waiting]:
    """Everything that was shouted on this machine and not taken in, oldest first per page."""
    return list(_waiting())


def _waiting() -> Iterator[Waiting]:
    site, private = settings.TOCSIN.site_dir, settings.TOCSIN.private_dir
    told = [(beside.parent.name, beside) for beside in site.glob(f"*/{shouted.FOLDER}")]
    # A page that was closed meanwhile took with it what was shouted before.
    told += [
        (beside.parent.parent.name, beside) for beside in private.glob(f"*/*/{shouted.FOLDER}")
    ]
    for slug, beside in sorted(told):
        for path, found in shouted.kept(beside.parent):
            yield Waiting(path, slug, found)


def take_in(at: datetime) -> int:
    """Publish what was shouted, each word once, with its own time; answers how many.

    A word and its row are one transaction, and the file goes after it: killed in between, the next
    turn finds the row and only takes the file away. Raises UntakenShout for the rest.
    """
    done, faults = 0, list[str]()
    for found in sorted(waiting(), key=_order):
        if isinstance(found.shout, Unreadable):
            faults.append(f"{found.path}: {found.shout}.")
            continue
        try:
            done += _take(found.shout, found.slug, at=at)
        except REFUSED as refusal:  # one that waits must not keep the others out of the record
            faults.append(f"{found.path}: {refusal}")
            continue
        shouted.settle(found.path)
    if faults and not done:
        raise UntakenShout(" ".join(faults))
    return done


def _order(found: Waiting) -> tuple[str, str]:
    if isinstance(found.shout, Unreadable):
        return "", found.path.name
    return found.shout.at.isoformat(), found.shout.id


def _take(shout: Shout, slug: str, *, at: datetime) -> int:
    page = _page_of(shout, slug)
    if page is None:
        raise declaration.CannotDeclare("There is no page to take it in for. Open one first.")
    try:
        with transaction.atomic():
            if ShoutRow.objects.filter(pk=shout.id).exists():
                return 0
            _publish(page, shout, at=at)
    except IntegrityError:
        if not ShoutRow.objects.filter(pk=shout.id).exists():
            raise
        return 0  # another worker took it in in this instant
    return 1


def _page_of(shout: Shout, slug: str) -> Brand | None:
    """The page it was shouted on; the default one where it was shouted on a page of no name."""
    pages = shelf.pages()
    by_id = next((page for page in pages if page.id == shout.page_id), None)
    by_slug = next((page for page in pages if page.slug == slug), None)
    return by_id or by_slug or next((page for page in pages if page.is_default), None)


def _publish(page: Brand, shout: Shout, *, at: datetime) -> None:
    by = Actor(ActorKind.BREAK_GLASS, "break-glass", shout.by)
    known = _brought_up_to_date(page, shout, by=by)
    draft = drafting.open_draft(known.id, by=by, at=shout.at)
    draft = drafting.revise(draft.id, _words(page, known, shout), follows=0, by=by, at=shout.at)
    granted = clearance.break_glass(draft, by=by, at=shout.at)
    said = publication.publish(granted, by=by, at=shout.at)
    ShoutRow.objects.create(
        id=shout.id,
        publication_id=said.id,
        shouted_at=shout.at,
        shouted_by=shout.by,
        taken_in_at=at,
    )
    chain.note(
        "statements:shout:taken_in",
        by=WORKER,
        at=at,
        subject=("publication", said.id),
        page=page.id,
        shout=shout.id,
        shouted_by=shout.by,
    )


def _brought_up_to_date(page: Brand, shout: Shout, *, by: Actor) -> Known:
    """The incident that the shout is about, as it is known after it."""
    known = _known(page, shout.about)
    if known is None or not (known.is_open or shout.is_over):
        # New, or somebody closed it meanwhile: then it is one of its own.
        known = declaration.take_over(
            page.id,
            incident_id=shout.id if _is_taken(shout.about) else shout.about,
            title=shouted.headline_of(shout.layer(page.language)[1]),
            severity=Severity(shout.severity),
            circle=_circle_of(page, known, shout),
            by=by,
            at=shout.at,
        )
    if shout.is_over and known.is_open:
        known = declaration.resolve(known.id, by=by, at=shout.at)
    return known


def _circle_of(page: Brand, known: Known | None, shout: Shout) -> str | None:
    """The circle that alone is told: as it was shouted, else of the incident it goes on with.

    Raises CannotDeclare where there is none of that name: then nobody else may be told instead.
    """
    if known is not None and not known.is_for_everyone:
        return known.audience_id
    try:
        return declaration.circle_of(page.id, shout.audience)
    except shelf.NotFound as error:
        raise declaration.CannotDeclare(str(error)) from error


def _is_taken(incident_id: str) -> bool:
    try:
        declaration.known_of(incident_id)
    except declaration.UnknownIncident:
        return False
    return True


def _known(page: Brand, incident_id: str) -> Known | None:
    try:
        known = declaration.known_of(incident_id)
    except declaration.UnknownIncident:
        return None
    return known if known.page_id == page.id else None


def _words(page: Brand, known: Known, shout: Shout) -> Words:
    told = published.story(known.audience_id, known.id)
    layers = {
        language: Layer(headline=shouted.headline_of(text), body=text)
        for language, text in _spoken(page, shout).items()
    }
    names = {language: layer.headline for language, layer in layers.items()}
    before = told.words if told else None
    is_over = shout.is_over
    said = Words(
        name=before.name if before else names,
        layers=layers,
        phase=Phase.RESOLVED if is_over else Phase.INVESTIGATING,
        severity=known.severity,
        impacts=dict(known.impacts),
        until=known.moments.get(MomentKind.ENDED) if is_over else None,
        next_word_at=None if is_over else shout.next_word_at,
        is_shouted=True,
        primary=next(iter(layers)),
    )
    return said if before is None else _going_on(before, said)


def _going_on(before: Words, said: Words) -> Words:
    """What was said before stands, but for what these words say themselves."""
    return replace(
        before,
        layers=said.layers,
        phase=said.phase,
        severity=said.severity,
        impacts=said.impacts,
        until=said.until,
        next_word_at=said.next_word_at,
        forecast=None if said.is_final else before.forecast,
        long_mode=None if said.is_final else before.long_mode,
        turn_reason={},
        is_shouted=True,
        correction=None,
        retrospective=None,
        primary=said.primary,
        translations_due={},
    )


def _spoken(page: Brand, shout: Shout) -> dict[str, str]:
    """The words in the page's languages; as they were shouted, where they are in none of them."""
    spoken = {code: text for code, text in shout.layers.items() if code in page.languages}
    return spoken or {page.language: shout.layer(page.language)[1]}
