"""From what was said to a reader's own message: rendered once, filled for each."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from tocsin.announcements import digest, events, message, rooms, statuspage_events
from tocsin.announcements.accounts import Account, Format
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.message import Message
from tocsin.channels.stencil import Stencil, cut
from tocsin.statements import published
from tocsin.statements.published import Publication

KEPT = 64
FOLLOWED = "email about one incident"  # a medium of its own: the same words, another reason
Key = tuple[str, ...]

# What was said changes by redaction alone, and a page tells when it did; so these stay true between
# batches. A body may tell earlier words too, so all redactions of its audience are counted.
Rendered = tuple[str, int, Key, str, str, datetime, str]
_rendered: "OrderedDict[Rendered, tuple[Stencil, ...]]" = OrderedDict()


@dataclass(frozen=True, slots=True)
class Addressee:
    """What is needed of a reader to write to them; ``account`` is a machine's.

    ``follows_one`` incident alone, and is told why they are written to in other words.
    """

    id: str
    channel: str
    address: str
    language: str
    token: str
    account: Account | None = None
    follows_one: bool = False


class NothingToSay(ValueError):
    """A machine's format has no event for what was said."""


def _forget(audience_id: str, redactions: int) -> None:
    """Keep nothing that was rendered for an audience before something was taken out."""
    for key in [key for key in _rendered if key[0] == audience_id and key[1] != redactions]:
        del _rendered[key]


class Composer:
    """Composes one batch, for tries made ``at`` this time; pages are read once for it."""

    def __init__(self, mail_from: str, *, at: datetime) -> None:
        self._mail_from = mail_from
        self._at = at
        self._redactions: dict[str, int] = {}
        self._pages: dict[str, Brand] = {}
        self._at_hand: dict[Key, Stencil] = {}
        self._return_path = parseaddr(mail_from)[1]

    def heed(self, redactions: Mapping[str, int]) -> None:
        """How many redactions there are of each audience by now; what is older is not sent."""
        if redactions == self._redactions:
            return
        self._at_hand.clear()
        for audience_id, count in redactions.items():
            if self._redactions.get(audience_id) != count:
                _forget(audience_id, count)
        self._redactions |= redactions

    def message(self, told: Sequence[Publication], to: Addressee) -> Message:
        """A reader's message about one publication, or the digest of several.

        A machine gets no digest: each publication is told, in order. Raises NothingToSay, and
        CannotBuild for what its medium cannot carry.
        """
        if to.account is not None:
            return self._events(told, self._page(told[0].audience_id), to, to.account)
        values = {
            "to": to.address.encode(),
            "token": to.token.encode(),
            "reader": to.id.encode(),
        }
        stencil = self._stencil(told, to)
        return Message(
            key=f"{told[-1].id}.{to.id}{'.digest' if len(told) > 1 else ''}",
            to=to.address,
            wire=stencil.fill(values),
            return_path=self._return_path,
            at=self._at,
        )

    def _events(
        self, told: Sequence[Publication], page: Brand, to: Addressee, account: Account
    ) -> Message:
        values = {"to": to.address.encode(), "token": to.token.encode(), "reader": to.id.encode()}
        calls = [
            Message(
                key=f"{said.id}.{to.id}{f'.{place}' if place else ''}",
                to=to.address,
                wire=stencil.fill(values),
                secrets=account.secrets,
                at=self._at,
            )
            for said in told
            for place, stencil in enumerate(self._stencils([said], page, "", account.format))
        ]
        if not calls:
            raise NothingToSay("Nothing in it concerns a reader of this format.")
        return replace(calls[0], following=tuple(calls[1:]))

    def _page(self, audience_id: str) -> Brand:
        if audience_id not in self._pages:
            self._pages[audience_id] = shelf.seen_by(audience_id)
        return self._pages[audience_id]

    def _stencil(self, told: Sequence[Publication], to: Addressee) -> Stencil:
        """The one of a person's message, kept at hand: a batch asks for the same few."""
        medium = FOLLOWED if to.follows_one and to.channel == "email" else to.channel
        key = (to.language, medium, *[said.id for said in told])
        found = self._at_hand.get(key)
        if found is None:
            page = self._page(told[0].audience_id)
            (found,) = self._stencils(told, page, to.language, medium)
            self._at_hand[key] = found
        return found

    def _stencils(
        self, told: Sequence[Publication], page: Brand, language: str, medium: str
    ) -> tuple[Stencil, ...]:
        audience_id, ids = told[0].audience_id, tuple(said.id for said in told)
        if audience_id not in self._redactions:
            self.heed({audience_id: published.redactions(audience_id)})
        redactions = self._redactions[audience_id]
        key = (audience_id, redactions, ids, language, medium, page.changed_at, self._mail_from)
        found = _rendered.get(key)
        if found is None:
            found = _rendered[key] = tuple(self._render(told, page, language, medium))
        _rendered.move_to_end(key)
        if len(_rendered) > KEPT:
            _rendered.popitem(last=False)
        return found

    def _render(
        self, told: Sequence[Publication], page: Brand, language: str, medium: str
    ) -> Iterator[Stencil]:
        gaps = message.holes()
        if medium == Format.STATUSPAGE:
            yield from (cut(body, gaps) for body in statuspage_events.bodies(told[0], page, gaps))
        elif medium == Format.STANDARD:
            yield cut(events.event(told[0], page, gaps), gaps)
        elif medium not in ("email", FOLLOWED):
            yield rooms.notice(told, page, language=language, room=medium)
        else:
            yield self._mail(told, page, language, follows_one=medium == FOLLOWED)

    def _mail(
        self, told: Sequence[Publication], page: Brand, language: str, *, follows_one: bool
    ) -> Stencil:
        sender = self._mail_from
        if len(told) == 1:
            return message.notice(
                told[0], page, language=language, mail_from=sender, follows_one=follows_one
            )
        return digest.digest(
            told, page, language=language, mail_from=sender, follows_one=follows_one
        )
