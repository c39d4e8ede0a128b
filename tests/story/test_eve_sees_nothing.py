"""What we know and what we said are different things: nothing internal reaches the outside."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from tests import cast
from tests.story.telling import Telling, mails
from tocsin.catalogue.tree import State
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.incidents import declaration
from tocsin.people import access
from tocsin.statements import drafting, word

SECRETS = {
    "a fact": "the-new-gateway-of-Hypatia-Pay",
    "a draft": "Hypatia-Pay-is-to-blame",
    "an operator's name": "Olu",
    "an operator's address": "olu@linden.example",
    "a reader's address": cast.SAM,
    "a posture": "supplier",
}


@pytest.fixture
def told(night: Telling) -> Telling:
    """A night with a fact, a draft that nobody published, and a cause that is on a supplier."""
    incident = night.said_first("09:07")
    declaration.learn(incident, text=SECRETS["a fact"], by=night.olu, at=night.at("09:10"))
    known = declaration.known_of(incident)
    draft = drafting.open_draft(incident, by=night.olu, at=night.at("09:12"))
    unsaid = word.compose(
        known, night.identified(SECRETS["a draft"], "09:45"), at=night.at("09:12")
    )
    drafting.revise(draft.id, unsaid, follows=0, by=night.olu, at=night.at("09:12"))
    saying = night.identified("We know why checkout fails", "09:42")
    saying = replace(saying, posture=Posture.SUPPLIER, certainty=Certainty.SUSPECTED)
    night.said("09:22", incident, saying, by=night.olu)
    night.run_lanes()
    return night


def test_no_compiled_byte_holds_what_is_internal(told: Telling) -> None:
    files = list(compiled())

    found = [
        (what, path.name)
        for what, secret in SECRETS.items()
        for path, content in files
        if secret.encode() in content
    ]

    assert len(files) > 20
    assert found == []


def test_no_mail_holds_what_is_internal(told: Telling) -> None:
    found = [
        (what, path.name)
        for what in ("a fact", "a draft", "an operator's name", "a posture")
        for path in mails()
        if SECRETS[what].encode() in path.read_bytes()
    ]

    assert len(mails()) == 4
    assert found == []


def test_a_mail_tells_a_reader_of_no_other_reader(told: Telling) -> None:
    for path in mails():
        readers = {cast.SAM, "bao@reader.example"}
        (to,) = [reader for reader in readers if f"--{reader}--" in path.name]
        assert not [other for other in readers - {to} if other.encode() in path.read_bytes()]


def test_eve_may_do_nothing_at_all(told: Telling) -> None:
    eve = cast.eve()

    allowed = [verb for verb in sorted(access.LEAD_VERBS) if access.may(eve, verb, told.page.id)]

    assert allowed == []
    with pytest.raises(access.NotAllowed):
        word.declare(
            told.page.id,
            title="It is all down",
            components={"checkout": State.MAJOR},
            by=eve.actor,
            at=told.at("09:30"),
        )


def compiled() -> Iterator[tuple[Path, bytes]]:
    """Every file under the site, unpacked."""
    unpack = {".gz": gzip.decompress, ".br": brotli.decompress}
    for path in settings.TOCSIN.site_dir.rglob("*"):
        if path.is_file():
            yield path, unpack.get(path.suffix, bytes)(path.read_bytes())
