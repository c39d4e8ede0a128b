"""From what was said to a reader's own mail: rendered once, filled for each."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr

from tocsin.announcements import digest, message
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.message import Message
from tocsin.channels.stencil import Stencil
from tocsin.statements.published import Publication

KEPT = 64
Key = tuple[str, ...]

# Publications never change, and a page tells when it did; so these stay true between batches.
_rendered: "OrderedDict[tuple[Key, str, datetime, str], Stencil]" = OrderedDict()


class Composer:
    """Composes one batch; pages are read once for it."""

    def __init__(self, mail_from: str) -> None:
        self._mail_from = mail_from
        self._pages: dict[str, Brand] = {}
        self._return_path = parseaddr(mail_from)[1]

    def message(
        self,
        told: Sequence[Publication],
        *,
        reader: str,
        address: str,
        language: str,
        token: str,
    ) -> Message:
        """A reader's mail about one publication, or the digest of several."""
        page = self._page(told[0].audience_id)
        values = {"to": address.encode(), "token": token.encode(), "reader": reader.encode()}
        return Message(
            key=f"{told[-1].id}.{reader}{'.digest' if len(told) > 1 else ''}",
            to=address,
            wire=self._stencil(told, page, language).fill(values),
            return_path=self._return_path,
        )

    def _page(self, audience_id: str) -> Brand:
        if audience_id not in self._pages:
            self._pages[audience_id] = shelf.seen_by(audience_id)
        return self._pages[audience_id]

    def _stencil(self, told: Sequence[Publication], page: Brand, language: str) -> Stencil:
        key = (tuple(said.id for said in told), language, page.changed_at, self._mail_from)
        found = _rendered.get(key)
        if found is None:
            found = _rendered[key] = self._render(told, page, language)
        _rendered.move_to_end(key)
        if len(_rendered) > KEPT:
            _rendered.popitem(last=False)
        return found

    def _render(self, told: Sequence[Publication], page: Brand, language: str) -> Stencil:
        if len(told) == 1:
            return message.notice(told[0], page, language=language, mail_from=self._mail_from)
        return digest.digest(told, page, language=language, mail_from=self._mail_from)
