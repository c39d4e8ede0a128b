"""What an incident is called in public, and when the title that its author typed may be told.

The holding statement waits for nobody, so where first words need consent it goes out under a name
that templates made; the title is then told, and asked for, with the first word that somebody typed.
"""

from collections.abc import Mapping

from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.phases import Phase
from tocsin.incidents.declaration import Known
from tocsin.statements import consents, drafting
from tocsin.statements.published import Story
from tocsin.statements.values import Layer

Names = Mapping[str, str]


def told(page: Brand, known: Known, story: Story | None, layers: Mapping[str, Layer]) -> Names:
    """What a typed word calls an incident, unless its author says otherwise."""
    if story is None or _is_made(story):
        before = story.words.name if story else {}
        return {**before, **drafting.named(page, known.title, layers)}
    return story.words.name


def offered(page: Brand, known: Known, story: Story) -> Names:
    """The names that a form begins with: as told last, or the title where none was told yet."""
    return {page.language: known.title} if _is_made(story) else story.words.name


def held(
    page: Brand, known: Known, story: Story | None, layers: Mapping[str, Layer], *, names: Names
) -> Names:
    """What a word of templates calls an incident: as typed only where nobody had to consent."""
    wanted = {**told(page, known, story, layers), **names}
    if consents.is_free_to_name(known, wanted):
        return wanted
    return story.words.name if story else made(layers)


def made(layers: Mapping[str, Layer]) -> Names:
    """The name that the layers' own headlines give."""
    return {code: layer.headline for code, layer in layers.items()}


def _is_made(story: Story) -> bool:
    """Whether it still goes by the name that the holding statement gave it."""
    first = story.first.words
    if first is None or first.phase != Phase.HOLDING:
        return False
    return dict(story.words.name) == made(first.layers)
