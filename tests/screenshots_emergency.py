"""Pictures of words that somebody shouted while nothing of ours ran."""

import os
import shutil
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.serving import until

if TYPE_CHECKING:
    from tests.screenshots import Studio
    from tocsin.catalogue.shelf import Brand

PHONE = {"width": 390, "height": 844}


def shoot(studio: "Studio", page: "Brand") -> None:
    """The page with words that somebody shouted; then as if they never had."""
    studio.now = _shouted(page, studio.now)
    until(lambda: _says(studio.url, "data-shout"), "the front shows the shout", within=30)
    studio.shoot("page-shouted", "/", color_scheme="light")
    phone: dict[str, Any] = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True}
    studio.shoot("page-shouted-phone", "/fr/", **phone)
    shutil.rmtree(_site_dir() / page.slug / "shouts")


def _shouted(page: "Brand", at: datetime) -> datetime:
    """Let somebody shout, an hour after the last lane ran."""
    from tocsin.cli import shout

    os.environ["TOCSIN_SITE_DIR"] = str(_site_dir())
    at += timedelta(minutes=63)
    words = {
        "en": "Nobody can reach Linden at the moment. A fire alarm has shut down the machines of "
        "our host. Your data is safe: it is kept in two places. We are on our way there.",
        "fr": "Linden est inaccessible pour le moment. Une alarme incendie a arrêté les machines "
        "de notre hébergeur. Vos données sont en sécurité : elles sont conservées en deux "
        "endroits. Nous sommes en route.",
    }
    own, (other, translated) = (
        words[page.language],
        next((code, text) for code, text in words.items() if code != page.language),
    )
    told = shout.parser().parse_args([own, "--page", page.slug, "--lang", other, translated])
    shout.shout(told, at=at)
    return at + timedelta(minutes=4)


def _site_dir() -> Path:
    from django.conf import settings

    return Path(settings.TOCSIN.site_dir)


def _says(url: str, words: str) -> bool:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return words in answer.read().decode()
