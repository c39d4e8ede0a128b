"""The newest word for where the page does not reach, as the incident's room offers it to copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tocsin.catalogue.shelf import Brand
from tocsin.console.labels import Labels
from tocsin.incidents.declaration import Known
from tocsin.page import address
from tocsin.statements import elsewhere
from tocsin.statements.elsewhere import Told, Use
from tocsin.statements.published import Story

NAMES: Labels = {
    Use.VOICE: _("Voice menu"),
    Use.SUPPORT: _("Reply to a ticket"),
    Use.CUSTOMER: _("Letter to one customer"),
    Use.PEOPLE: _("Letter to people whose data it is"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One use with its text in each language of the newest word."""

    use: Use
    name: str
    texts: tuple[Told, ...]

    @property
    def has_blanks(self) -> bool:
        return any(text.left for text in self.texts)


def offers(known: Known, page: Brand, story: Story | None, *, at: datetime) -> Iterator[Offer]:
    """What there is to take along now; nothing before the first word."""
    for use in elsewhere.uses_of(story, is_security=known.is_security):
        assert story
        texts = tuple(
            elsewhere.told(
                story,
                use,
                code,
                address=address.incident_url(page, known.id, language=code),
                at=at,
            )
            for code in story.words.layers
        )
        yield Offer(use, str(NAMES[use]), texts)
