"""What the public log tells of what was said: each publication, and what its link is made of."""

from dataclasses import dataclass

from tocsin.journal.ids import rfc3339
from tocsin.statements import hashing
from tocsin.statements.models import Publication as PublicationRow
from tocsin.statements.models import Redaction as RedactionRow


@dataclass(frozen=True, slots=True)
class Mark:
    """What a link of the public log is made of."""

    number: int
    kind: str
    incident_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A publication as the public log tells it.

    ``told`` is what its digest is of, after the ``salt``. Where something was taken out, ``told``
    is what is left, with when and why, and ``left`` the digest of that.
    """

    mark: Mark
    salt: str
    told: str
    left: str = ""


def marks(audience_id: str, *, first: int, last: int) -> list[Mark]:
    """What the links of publications no. ``first`` to ``last`` are made of, in order."""
    rows = PublicationRow.objects.filter(
        audience_id=audience_id, number__gte=first, number__lte=last
    )
    told = rows.order_by("number").values_list("number", "kind", "incident_id", "digest")
    return [Mark(number, kind, key or "", digest) for number, kind, key, digest in told]


def logged(audience_id: str, *, first: int, last: int) -> list[Logged]:
    """Publications no. ``first`` to ``last`` as the public log tells them, in order."""
    rows = PublicationRow.objects.filter(
        audience_id=audience_id, number__gte=first, number__lte=last
    ).order_by("number")
    left = _left_of(audience_id)
    return [_logged(row, left.get(row.pk, "")) for row in rows]


def redacted_digests(audience_id: str) -> dict[int, str]:
    """By number, the digest of what is left of each publication that something was taken out of."""
    left = _left_of(audience_id)
    numbers = PublicationRow.objects.filter(pk__in=left).values_list("number", "pk")
    return {number: left[key] for number, key in numbers}


def _left_of(audience_id: str) -> dict[str, str]:
    rows = RedactionRow.objects.filter(audience_id=audience_id).order_by("pk")
    return dict(rows.values_list("publication_id", "digest"))  # of several, the last counts


def _logged(row: PublicationRow, left: str) -> Logged:
    return Logged(
        mark=Mark(row.number, row.kind, row.incident_id or "", row.digest),
        salt=row.salt,
        told=hashing.canonical(row.pk, row.number, row.content, at=rfc3339(row.published_at)),
        left=left,
    )
