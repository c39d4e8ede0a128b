"""Who is there: a stand-in for each role, and mailboxes and rooms that nobody owns."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from tocsin.announcements import audience
from tocsin.announcements.audience import Choice
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.rehearse.drills.sink import DOMAIN
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.scenario import Refused

NAMED = {
    Role.OWNER: "Owner (drill)",
    Role.INCIDENT_LEAD: "Incident lead (drill)",
    Role.RESPONDER: "Responder (drill)",
    Role.COMMUNICATIONS: "Communications (drill)",
    Role.LEGAL: "Legal (drill)",
    Role.SECURITY: "Security (drill)",
}
SOURCE = "a drill"
FEW_ROOMS = 2


def invite(*, by: Actor, at: datetime, language: str = "en") -> dict[Role, tuple[Actor, str]]:
    """Let a stand-in for each role in; who they are, and the token of their one-time link."""
    found: dict[Role, tuple[Actor, str]] = {}
    for role, name in NAMED.items():
        mailbox = f"{role.value.replace('_', '-')}@{DOMAIN}"
        token = access.invite(email=mailbox, name=name, role=role, language=language, by=by, at=at)
        found[role] = Operator.objects.get(email=mailbox).actor, token
    return found


def cast_of(company: Mapping[Role, tuple[Actor, str]]) -> Cast:
    """Who plays Olu, who responds, and Lea, who leads."""
    return Cast(olu=company[Role.RESPONDER][0], lea=company[Role.INCIDENT_LEAD][0])


def let_readers_in(
    page: Brand, wanted: Mapping[str, int], refused: Refused, *, by: Actor, at: datetime
) -> int:
    """Subscribe as many mailboxes in each language as are ``wanted``; return how many."""
    total = sum(wanted.values())
    kinds = _kinds(total, refused)
    for language, count in wanted.items():
        for _ in range(count):
            number, kind = next(kinds)
            audience.subscribe(
                page.id,
                address=f"{kind}-{number:04}@{DOMAIN}",
                choice=Choice(language=language),
                source=SOURCE,
                confirmed=True,
                by=by,
                at=at,
            )
    return total


def let_rooms_in(
    page: Brand,
    wanted: Mapping[str, Mapping[str, int]],
    refused: Refused,
    *,
    url: str,
    by: Actor,
    at: datetime,
) -> None:
    """Subscribe as many machines and chat rooms of each channel, in each language, as are
    ``wanted``: all of them places below ``url``. Of a channel with one or two, neither refuses.
    """
    for channel, counts in wanted.items():
        total = sum(counts.values())
        kinds = _kinds(total, refused if total > FEW_ROOMS else Refused())
        for language, count in counts.items():
            for _ in range(count):
                number, kind = next(kinds)
                audience.subscribe(
                    page.id,
                    address=f"{url}/{channel}/{kind}-{number:04}",
                    channel=channel,
                    choice=Choice(language=language),
                    source=SOURCE,
                    confirmed=True,
                    by=by,
                    at=at,
                )


def _kinds(total: int, refused: Refused) -> Iterator[tuple[int, str]]:
    """A number for each mailbox, and how it behaves: at least one of each kind that is asked for,
    spread over all of them."""
    hard = -(-total * refused.for_good // 100)
    soft = -(-total * refused.for_now // 100)
    kinds = ["hard"] * hard + ["soft"] * soft + ["well"] * max(0, total - hard - soft)
    step = next(n for n in (7, 11, 13, 17, 19) if total % n) if total > 1 else 1
    for number in range(total):
        yield number + 1, kinds[number * step % total]
