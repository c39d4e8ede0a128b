"""Several pages and circles with any history: nothing of one is ever in another's bytes.

Each text that anybody could type holds a mark of its own, and each mark belongs to a page, to one
of its circles, to one mailbox, or to nobody outside: what is known and was not said. Then every
byte that leaves the house is searched for marks.
"""

import itertools
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import time_machine
from django.conf import settings as installed
from django.test import Client, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOON, later
from tocsin.announcements import admissions, audience
from tocsin.catalogue import audiences, dressing, shelf
from tocsin.catalogue.look import LIGHT
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tests.test_logos import HEAD
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration, planning
from tocsin.incidents.declaration import CannotDeclare
from tocsin.incidents.plans import Plan as Work
from tocsin.journal.actors import TERMINAL
from tocsin.page import memory, site
from tocsin.statements import circles, corrections, drafting, maintenance, publication, word
from tocsin.statements.corrections import Amending, CannotCorrect
from tocsin.statements.notices import Script
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying
from tocsin.worker import lanes
from tocsin.worker.due import LANES

MARK = re.compile(rb"zq[0-9a-f]{8}zq")
PASSWORD = "nine lanterns at the quay"
EVERYONE = "everyone"
INSIDE = "nobody outside the house"
TROUBLE = [State.DEGRADED, State.PARTIAL, State.MAJOR]


@dataclass(frozen=True)
class Plan:
    """What a world is made of: each page's access and the accesses of its circles, and steps."""

    pages: tuple[tuple[Access, tuple[Access, ...]], ...]
    steps: tuple[tuple[str, int, int, int], ...]  # what, which page, which audience, how


CLOSED = st.sampled_from([Access.NAMED, Access.PASSWORD])
PAGE = st.tuples(st.sampled_from(list(Access)), st.lists(CLOSED, max_size=2).map(tuple))
STEP = st.tuples(
    st.sampled_from(
        "declare declare say resolve correct plan change state run close circle".split()
    ),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
)
PLANS = st.builds(
    Plan,
    pages=st.lists(PAGE, min_size=2, max_size=3).map(tuple),
    steps=st.lists(STEP, min_size=3, max_size=9).map(tuple),
)


@dataclass
class World:
    """Pages, who may read them, and whose each mark is: (page slug, audience slug)."""

    owner: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    mailbox: dict[str, Brand] = field(default_factory=dict)
    incidents: list[tuple[str, Brand]] = field(default_factory=list)
    minute: int = 0
    marks: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> datetime:
        return later(self.minute)

    def mark(self, page: str, whom: str = EVERYONE) -> str:
        told = f"zq{next(self.marks):08x}zq"
        self.owner[told.encode()] = (page, whom)
        return told

    def open_page(self, access: Access, circles_access: tuple[Access, ...]) -> None:
        slug = f"zq{next(self.marks):08x}zq"
        self.owner[slug.encode()] = (slug, EVERYONE)

        def own() -> str:
            return self.mark(slug)

        words = {"en": {"function": own(), "can_do": own()}, "fr": {"function": own()}}
        page = shelf.open_page(
            name=own(),
            slug=slug,
            languages=("en", "fr"),
            domain=f"{own()}.example",
            contact=f"{own()}@house.example",
            words=words,
            by=TERMINAL,
            at=NOON,
        )
        for _turn in range(2):
            shelf.add_component(
                page.id,
                name=own(),
                slug=own(),
                description=own(),
                words={"en": {"name": own(), "function": own(), "can_do": own()}},
                by=TERMINAL,
                at=NOON,
            )
        dressing.dress(page.id, css=f".{own()}{{color:red}}", by=TERMINAL, at=NOON)
        logo = f"{HEAD}<title>{own()}</title></svg>".encode()
        dressing.put_up_logo(page.id, LIGHT, logo, by=TERMINAL, at=NOON)
        for one in circles_access:
            self.open_circle(page, one)
        self.close(shelf.brand(page.id), access)

    def open_circle(self, page: Brand, access: Access) -> None:
        slug = f"zq{next(self.marks):08x}zq"
        self.owner[slug.encode()] = (page.slug, slug)
        seen = circles.open_circle(
            page.id,
            name=self.mark(page.slug, slug),
            slug=slug,
            access=access,
            password=PASSWORD + slug if access == Access.PASSWORD else "",
            by=TERMINAL,
            at=self.now,
        )
        self.let_in(seen)

    def close(self, seen: Brand, access: Access) -> None:
        password = PASSWORD + seen.audience if access == Access.PASSWORD else ""
        seen = audiences.change_access(
            seen.audience_id, access, password=password, by=TERMINAL, at=self.now
        )
        self.let_in(seen)

    def let_in(self, seen: Brand) -> None:
        """A reader of this audience, and nobody else's."""
        address = f"{self.mark(seen.slug, f'mailbox of {seen.audience}')}@reader.example"
        self.mailbox[address] = seen
        if seen.access == Access.NAMED:
            admissions.admit(seen.audience_id, address=address, by=TERMINAL, at=self.now)
        audience.subscribe(
            seen.id,
            audience=seen.audience,
            address=address,
            confirmed=True,
            by=TERMINAL,
            at=self.now,
        )

    # What happens

    def live(self, step: tuple[str, int, int, int]) -> None:
        what, which, whom, how = step
        self.minute += 7
        pages = shelf.pages()
        page = pages[which % len(pages)]
        seen = shelf.audiences_of(page.id)
        getattr(self, f"_{what}")(page, seen[whom % len(seen)], how)

    def _layers(self, seen: Brand) -> dict[str, Layer]:
        def own() -> str:
            return self.mark(seen.slug, seen.audience)

        return {
            code: Layer(own(), own(), details=own(), who=own(), still_works=own())
            for code in ("en", "fr")
        }

    def _declare(self, page: Brand, seen: Brand, how: int) -> None:
        leaves = list(shelf.components_of(page.id))
        spoken = word.declare(
            page.id,
            title=self.mark(page.slug, seen.audience),
            components={leaves[how % len(leaves)].id: TROUBLE[how % 3]},
            layers=self._layers(seen) if how % 4 else None,
            audience=seen.audience,
            by=TERMINAL,
            at=self.now,
        )
        self.incidents.append((spoken.incident_id, seen))
        self.owner[spoken.incident_id.encode()] = (page.slug, seen.audience)
        self._know_more(page, spoken.incident_id)

    def _know_more(self, page: Brand, incident: str) -> None:
        """What the house knows and nobody said: a fact, and a word that stays a draft."""

        def own() -> str:
            return self.mark(page.slug, INSIDE)

        declaration.learn(incident, text=own(), by=TERMINAL, at=self.now)
        unsaid = {code: Layer(own(), own(), details=own(), cause=own()) for code in ("en", "fr")}
        saying = Saying(Phase.IDENTIFIED, unsaid, certainty=Certainty.SUSPECTED)
        words = word.compose(declaration.known_of(incident), saying, at=self.now)
        draft = drafting.open_draft(incident, by=TERMINAL, at=self.now)
        drafting.revise(draft.id, words, follows=draft.revision, by=TERMINAL, at=self.now)

    def _say(self, page: Brand, seen: Brand, how: int, phase: Phase = Phase.IDENTIFIED) -> None:
        known = ((pair, declaration.known_of(pair[0])) for pair in self.incidents)
        still_open = [pair for pair, now in known if now.is_open and not now.is_planned]
        if still_open:
            incident, told = still_open[how % len(still_open)]
            saying = Saying(phase, self._layers(told))
            word.say(incident, saying, by=TERMINAL, at=self.now)

    def _resolve(self, page: Brand, seen: Brand, how: int) -> None:
        self._say(page, seen, how, Phase.RESOLVED)

    def _correct(self, page: Brand, seen: Brand, how: int) -> None:
        """The newest word of something should have read otherwise, and it was graver or less so."""
        if not self.incidents:
            return
        incident, told = self.incidents[how % len(self.incidents)]

        def own() -> dict[str, str]:
            return {code: self.mark(told.slug, told.audience) for code in ("en", "fr")}

        amending = Amending(
            severity=list(Severity)[how % 4], wrong=own(), correct=own(), customer_action=own()
        )
        with suppress(CannotCorrect, CannotDeclare):
            corrections.correct(incident, amending, by=TERMINAL, at=self.now)

    def _plan(self, page: Brand, seen: Brand, how: int) -> None:
        """Work that begins before the next step, once or every day, and may outlast its window."""
        leaves = list(shelf.components_of(page.id))
        starts_at = self.now + timedelta(minutes=5)

        def own() -> str:
            return self.mark(seen.slug, seen.audience)

        texts = {
            code: {"benefit": own(), "work": own(), "still_works": own()} for code in ("en", "fr")
        }
        work = Work(
            title=own(),
            effects={leaves[how % len(leaves)].id: State.MAINTENANCE},
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=12),
            ends_itself=how % 2 == 0,
        )
        made = maintenance.announce(
            page.id,
            work,
            Script(texts=texts, names={"fr": own()}),
            rule="FREQ=DAILY;COUNT=3" if how % 3 == 0 else "",
            audience=seen.audience,
            by=TERMINAL,
            at=self.now,
        )
        for spoken in made:
            self.incidents.append((spoken.incident_id, seen))
            self.owner[spoken.incident_id.encode()] = (page.slug, seen.audience)

    def _change(self, page: Brand, seen: Brand, how: int) -> None:
        """Cancel what has not begun, for a reason; let it last longer once it has."""
        for work in planning.upcoming(page.id)[:1]:
            told = shelf.seen_by(work.audience_id)
            why = {code: self.mark(told.slug, told.audience) for code in ("en", "fr")}
            with suppress(CannotDeclare):
                if work.begun_at is None:
                    maintenance.cancel(work.id, reason=why, by=TERMINAL, at=self.now)
                else:
                    longer = self.now + timedelta(minutes=20)
                    maintenance.extend(
                        work.id, ends_at=longer, reason=why, by=TERMINAL, at=self.now
                    )

    def _state(self, page: Brand, seen: Brand, how: int) -> None:
        leaves = list(shelf.components_of(page.id))
        state = {leaves[how % len(leaves)].id: list(State)[how % 5]}
        publication.publish_state(page.id, state, by=TERMINAL, at=self.now)

    def _close(self, page: Brand, seen: Brand, how: int) -> None:
        self.close(shelf.brand(page.id), list(Access)[how % 3])

    def _circle(self, page: Brand, seen: Brand, how: int) -> None:
        if len(shelf.audiences_of(page.id)) < 4:
            self.open_circle(page, [Access.NAMED, Access.PASSWORD][how % 2])

    def _run(self, *_told: object) -> None:
        for _turn in range(3):
            for lane in LANES.values():
                quick = tuple(entry for entry in lane if entry != site.compress)
                lanes.drain(quick, self.now)

    # Who may know what

    def found(self, told: bytes) -> set[tuple[str, str]]:
        """Whose marks are in these bytes, an incident's id being one."""
        marks = {*MARK.findall(told)}
        marks |= {incident.encode() for incident, _ in self.incidents if incident.encode() in told}
        return {self.owner[mark] for mark in marks}


class HoweverTheyLive(TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-apart-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    # Not shrunk: a world takes a second, and its plan reads well as it is.
    @settings(
        max_examples=5,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate],
    )
    @given(PLANS)
    def test_nothing_of_one_is_in_another_s_bytes(self, plan: Plan) -> None:
        own = Path(tempfile.mkdtemp(dir=self.folder))
        told = replace(
            installed.TOCSIN,
            data_dir=own,
            site_dir=own / "site",
            private_dir=own / "private",
            outbox_dir=own / "outbox",
            smtp_url=None,
        )
        with override_settings(TOCSIN=told):
            memory.forget()
            world = World()
            for access, circles_access in plan.pages:
                world.open_page(access, circles_access)
            for step in plan.steps:
                world.live(step)
            world._run()
            with time_machine.travel(world.now, tick=False):
                _each_file_is_its_own(world, own)
                _each_mail_is_its_own(world, own / "outbox")
                _eve_reads_what_everybody_reads(world)
                _each_reader_reads_their_own(world)
            assert publication.faults() == []


def _allowed(seen: Brand) -> set[tuple[str, str]]:
    return {(seen.slug, EVERYONE), (seen.slug, seen.audience)}


def _each_file_is_its_own(world: World, own: Path) -> None:
    views = {site.directory_of(seen): seen for seen in shelf.views()}
    for path in (*(own / "site").rglob("*"), *(own / "private").rglob("*")):
        if not path.is_file() or path.name == "hosts.json":
            continue
        folder = next(folder for folder in views if path.is_relative_to(folder))
        inside = str(path.relative_to(folder)).encode() + b"\n" + path.read_bytes()
        assert world.found(inside) <= _allowed(views[folder]), path
    for folder, seen in views.items():
        assert (folder / "live").is_file()
        assert folder.is_relative_to(own / ("site" if seen.is_public else "private"))
    hosts = (own / "site" / "hosts.json").read_bytes()
    assert world.found(hosts) == {(p.slug, EVERYONE) for p in shelf.pages() if p.is_public}


def _each_mail_is_its_own(world: World, outbox: Path) -> None:
    for path in outbox.glob("*.eml"):
        (address,) = [one for one in world.mailbox if f"--{one}--" in path.name]
        seen = world.mailbox[address]
        own = {(seen.slug, f"mailbox of {seen.audience}")}
        content = path.read_bytes()
        assert (
            world.found(content.replace(b"=\r\n", b"").replace(b"=\n", b"")) <= _allowed(seen) | own
        )
        others = [one for one in world.mailbox if one != address]
        assert not any(one.encode() in content for one in others)


PATHS = (
    *("/", "/subscribe", "/subscribe/check-your-mail", "/enter", "/enter/sent", "/reader"),
    *("/history", "/history.atom", "/api/v2/summary.json", "/api/v2/incidents.json", "/readyz"),
    *("/record.json", "/maintenance.ics", "/fr/", "/events", "/subscribe/preferences/x"),
)


def _answers(reader: Client, page: Brand, root: str, world: World) -> Iterator[bytes]:
    kinds = ("incidents", "maintenance")
    incidents = [f"/{kind}/{incident}" for kind in kinds for incident, _ in world.incidents]
    for path in (*PATHS, *incidents):
        answer = reader.get(root + path, headers={"host": page.domain})
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        told = headers.encode() + b"\n" + answer.content
        # What was asked for may be said back: whoever asks knows the id already.
        yield told.replace(path.rpartition("/")[2].encode(), b"") if path in incidents else told


def _eve_reads_what_everybody_reads(world: World) -> None:
    for page in shelf.pages():
        for told in _answers(Client(), page, "", world):
            assert world.found(told) <= {(page.slug, EVERYONE)}
        for seen in shelf.audiences_of(page.id)[1:]:
            for told in _answers(Client(), page, seen.root, world):
                found = world.found(told.replace(seen.audience.encode(), b""))
                assert found <= {(page.slug, EVERYONE)}
        if not page.is_public:
            _the_door_alone(world, page)


def _the_door_alone(world: World, page: Brand) -> None:
    """Of a closed page, Eve sees its name at the door, and no other word."""
    for told in _answers(Client(), page, "", world):
        marks = {*MARK.findall(told)} - {page.name.encode()}
        assert not marks


def _each_reader_reads_their_own(world: World) -> None:
    for seen in shelf.views():
        if seen.is_public:
            continue
        reader = _let_in(seen)
        own = {(seen.slug, f"mailbox of {seen.audience}")}
        answers = list(_answers(reader, seen, seen.root, world))
        for told in answers:
            assert world.found(told) <= _allowed(seen) | own
        assert (seen.slug, EVERYONE) in world.found(answers[0])
        for other in shelf.views():
            if other.audience_id != seen.audience_id and not other.is_public:
                closed = reader.get(f"{other.root}/", headers={"host": other.domain})
                assert closed.status_code == 303


def _let_in(seen: Brand) -> Any:
    reader = Client()
    if seen.access == Access.PASSWORD:
        told = {"password": PASSWORD + seen.audience}
        reader.post(f"{seen.root}/enter", told, headers={"host": seen.domain})
        return reader
    guest = admissions.guests_of(seen.audience_id)[0]
    return Client(headers={"authorization": f"OAuth {guest.key}"})
