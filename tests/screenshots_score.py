"""Pictures of how well a page told its readers, as they are shown it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.catalogue.shelf import Brand

PHONE = {"width": 390, "height": 1100}
TALL = {"width": 1160, "height": 1500}


def shoot(studio: "Studio", page: "Brand") -> None:
    """The page chose to show it, and the worker's lane put it there."""
    from tocsin.catalogue import showing
    from tocsin.journal.actors import TERMINAL
    from tocsin.scorecard import site
    from tocsin.worker import lanes
    from tocsin.worker.due import WORDS

    showing.show_score(page.id, shown=True, by=TERMINAL, at=studio.now)
    site.refresh(studio.now)
    lanes.drain(WORDS, studio.now)
    for name, scheme in (("score", "light"), ("score-dark", "dark")):
        studio.shoot(name, "/score", color_scheme=scheme, viewport=TALL)
    studio.shoot(
        "score-phone",
        "/fr/score",
        viewport=PHONE,
        device_scale_factor=1.5,
        is_mobile=True,
        has_touch=True,
    )
