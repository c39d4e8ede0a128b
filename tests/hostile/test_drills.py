"""A drill reaches nobody, whatever the installation in earnest holds, and outlives nothing."""

import ipaddress
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests import cast
from tests.cast import NOON
from tests.serving import TOCSIN, alive, hearing_ctrl_c, rest_of, until
from tocsin.announcements import audience, ledger
from tocsin.announcements.audience import Choice
from tocsin.announcements.models import Subscription
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.cli import drill as drills
from tocsin.cli.main import main
from tocsin.disclosure import policy
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.people import access, keys
from tocsin.people.models import Role, Scope
from tocsin.rehearse.drills import company, fence, rooms, shadow, shipped
from tocsin.rehearse.drills.fence import BeyondTheFence
from tocsin.rehearse.drills.ground import KEPT, MARK, Ground
from tocsin.rehearse.scenario import Refused
from tocsin.settings.installation import Installation, Provider
from tocsin.statements import manners, policies, word
from tocsin.watch import hooks
from tocsin.watch.models import Source

SECRETS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=12, max_size=20).map(
    lambda told: f"zq{told}"  # of a shape that nothing of ours has by chance
)
CHANNELS = {
    "email": "{}@reader.example",
    "webhook": "https://{}.reader.example/in",
    "slack": "https://hooks.slack.com/services/T0/B0/{}",
    "teams": "https://prod.westeurope.logic.azure.com/workflows/{}",
    "discord": "https://discord.com/api/webhooks/1/{}",
}
READERS = st.lists(st.tuples(st.sampled_from(sorted(CHANNELS)), SECRETS), max_size=6)
ENVIRON = st.dictionaries(st.from_regex(r"[A-Z][A-Z_]{2,14}", fullmatch=True), SECRETS, max_size=5)


@pytest.fixture
def page(db: None, own_directories: Path) -> Brand:
    return cast.a_page()


class Held:
    """What an installation in earnest holds: all of it must stay there."""

    def __init__(self, page: Brand) -> None:
        self.page, self.told = page, set[str]()

    def secret(self, told: str) -> str:
        self.told.add(told)
        return told

    def reader(self, channel: str, told: str) -> None:
        address = CHANNELS[channel].format(self.secret(told))
        more: dict[str, Any] = {}
        if channel == "webhook":
            more["contact"] = f"{told}@owner.example"
        audience.subscribe(
            self.page.id,
            address=address,
            channel=channel,
            choice=Choice(language="en"),
            confirmed=True,
            by=TERMINAL,
            at=NOON,
            **more,
        )

    def house(self, told: str) -> None:
        """Everything else that is kept, each with the secret in it."""
        by, at, page = TERMINAL, NOON, self.page
        self.secret(told)
        access.invite(email=f"{told}@linden.example", name=told, role=Role.LEGAL, by=by, at=at)
        hooks.create(page.id, Source.GENERIC, name=told, secrets=[told], by=by, at=at)
        _key, token = keys.create(page.id, name=told, scope=Scope.MANAGE, by=by, at=at)
        self.secret(token)
        shelf.change_page(
            page.id, contact=f"{told}@help.example", domain=f"{told}.example", by=by, at=at
        )
        policies.adopt(page.id, f"# ask {told}\n{policy.written(policy.USUAL)}", by=by, at=at)
        manners.adopt(page.id, f"# say {told}\nreaders: developers\n", by=by, at=at)

    def settings(self, told: str) -> Installation:
        self.secret(told)
        issuer = f"https://{told}.example"
        return replace(
            settings.TOCSIN,
            smtp_url=f"smtp://{told}:{told}@{told}.example",
            mail_from=f"{told}@linden.example",
            secret_key=told,
            metrics_token=told,
            operators_chat=("slack", f"https://hooks.slack.com/services/T0/B0/{told}"),
            site_twins=(f"s3://{told}:{told}@bucket/page",),
            seen_by=(f"https://{told}.example",),
            openid=(Provider("acme", told, issuer, told, told),),
        )


@contextmanager
def environ_of(told: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(told)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def everything(folder: Path) -> bytes:
    """All bytes of all files of a drill."""
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def record() -> dict[str, list[Any]]:
    """Every row of the installation in earnest."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


@given(readers=READERS, of_house=SECRETS, of_settings=SECRETS, environ=ENVIRON)
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_held_in_earnest_a_drill_is_told_none_of_it(
    page: Brand,
    readers: list[tuple[str, str]],
    of_house: str,
    of_settings: str,
    environ: dict[str, str],
) -> None:
    from django.db import transaction

    names = {name: told for name, told in environ.items() if name not in KEPT}
    with tempfile.TemporaryDirectory() as scratch, transaction.atomic():
        held = Held(page)
        for channel, told in readers:
            held.reader(channel, told)
        held.house(of_house)
        for told in names.values():
            held.secret(told)
        before, in_force = record(), settings.TOCSIN
        settings.TOCSIN = replace(held.settings(of_settings), data_dir=Path(scratch))
        try:
            with environ_of(names):
                scenario = shipped.text("supplier")
                ground = drills._set_up(shelf.brand(page.id), "supplier", scenario, at=NOON)
                told_to = drills.environ_of(ground)
        finally:
            settings.TOCSIN = in_force
        found = everything(ground.path) + repr(sorted(told_to.items())).encode()
        leaked = {told for told in held.told if told.encode() in found}

        assert leaked == set()
        assert set(told_to) - set(names) == set(told_to)
        assert record() == before, "and nothing in earnest was touched"
        transaction.set_rollback(True)


@given(readers=READERS, refuse=st.booleans())
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whoever_reads_in_earnest_a_drill_tells_its_own_of_each_channel_and_nobody_else(
    page: Brand, readers: list[tuple[str, str]], refuse: bool
) -> None:
    from django.db import transaction

    url, in_force = "http://127.0.0.1:9", settings.TOCSIN
    refused = Refused(for_good=30, for_now=30) if refuse else Refused()
    with tempfile.TemporaryDirectory() as scratch, transaction.atomic():
        held = Held(page)
        for channel, told in readers:
            held.reader(channel, told)
        taken = shadow.cast(shelf.brand(page.id), None, Path(scratch))
        played = cast.a_page(name="Shadow")
        settings.TOCSIN = replace(in_force, allow_private_targets=True)  # as a drill has it
        try:
            company.let_readers_in(played, taken.readers, refused, by=TERMINAL, at=NOON)
            company.let_rooms_in(played, taken.rooms, refused, url=url, by=TERMINAL, at=NOON)
        finally:
            settings.TOCSIN = in_force
        rows = Subscription.objects.filter(page_id=played.id)
        told_of = list(rows.values_list("channel", "address"))

        assert {channel for channel, _ in told_of} == {"email", *(name for name, _ in readers)}
        for channel, address in told_of:
            if channel == "email":
                assert address.endswith("@drill.invalid")
            else:
                assert rooms.PLACE.fullmatch(address.removeprefix(url)), address
        transaction.set_rollback(True)


HOSTS = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.ip_addresses(network="127.0.0.0/8").map(str),
    st.sampled_from(["::1", "localhost", "::ffff:127.0.0.1", "127.0.0.1%lo", "reader.example"]),
)


@given(host=HOSTS, port=st.integers(1, 65_535), own=st.sets(st.integers(1, 65_535), max_size=4))
def test_of_all_addresses_a_drill_calls_its_own_ports_on_this_machine(
    host: str, port: int, own: set[int]
) -> None:
    near = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
    for one in {port, *own}:
        with pytest.MonkeyPatch.context() as patch, socket.socket(socket.AF_INET6) as asking:
            patch.setattr(fence, "_ports", None)
            fence.draw_closer(own | {7})
            fence.draw_closer(own)  # never more of them later
            try:
                fence._ask("socket.connect", (asking, (host, one)))
            except BeyondTheFence:
                continue
        assert one in own
        assert host in ("localhost", "::ffff:127.0.0.1") or any(
            ipaddress.ip_address(host.partition("%")[0]) in network for network in near
        )


def a_word_under_way(page: Brand) -> None:
    """Something was said in earnest, and nobody has been told of it yet."""
    word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=TERMINAL,
        at=NOON,
    )
    site.compile(NOON)
    ledger.announce(NOON)


@contextmanager
def overhearing() -> Iterator[tuple[int, list[Any]]]:
    """A port of the installation in earnest, here on the loopback: nobody may come by."""
    came: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    line, whence = server.accept()
                except OSError:
                    return
                came.append(whence)
                line.close()

        ears = threading.Thread(target=listen, daemon=True)
        ears.start()
        yield port, came
        server.shutdown(socket.SHUT_RDWR)
    ears.join()


def test_a_whole_drill_holds_none_of_it_and_calls_nobody(page: Brand) -> None:
    held = Held(page)
    with overhearing() as (port, came):
        settings.TOCSIN = replace(
            held.settings("zqsettings0000"),
            data_dir=settings.TOCSIN.data_dir,
            smtp_url=f"smtp://127.0.0.1:{port}?tls=off",
            seen_by=(f"http://127.0.0.1:{port}/",),
            allow_private_targets=True,
        )
        for number, channel in enumerate(sorted(CHANNELS)):
            held.reader(channel, f"zqreader{number}000000")
        machine = f"http://127.0.0.1:{port}/{held.secret('zqmachine000000')}"
        audience.subscribe(
            page.id,
            address=machine,
            channel="webhook",
            contact="zqmachine000000@owner.example",
            confirmed=True,
            by=TERMINAL,
            at=NOON,
        )
        held.house("zqhouse00000000")
        a_word_under_way(page)
        before = record()
        assert before["announcements.Delivery"], "mails are due in earnest"
        told = {
            "TOCSIN_SMTP_URL": f"smtp://{held.secret('zqenviron00000')}@127.0.0.1:{port}?tls=off",
            "TOCSIN_OPERATORS_CHAT": f"slack http://127.0.0.1:{port}/zqenviron00000",
            "TOCSIN_SITE_TWINS": f"{settings.TOCSIN.data_dir}/zqenviron00000",
            "TOCSIN_DATABASE_URL": f"postgres://zqenviron00000@127.0.0.1:{port}/tocsin",
            "TOCSIN_WEB_URL": f"http://127.0.0.1:{port}",
            "HTTP_PROXY": f"http://127.0.0.1:{port}",
            "PYTHONPATH": f"{settings.TOCSIN.data_dir}/zqenviron00000",
        }
        with environ_of(told):
            result = CliRunner().invoke(main, ["drill", "run", "data", "--json"])
        assert result.exit_code == 0, result.output

        (folder,) = (settings.TOCSIN.data_dir / "drills").iterdir()
        reach = json.loads(result.output)["reach"]
        assert set(reach) == set(CHANNELS), "each channel of the page is rehearsed"
        assert {row["still_owed"] for row in reach.values()} == {0}
        assert all(row["delivered"] for row in reach.values())
        calls = [path.read_bytes() for path in (folder / "calls").iterdir()]
        assert (
            len(calls)
            == sum(row["delivered"] for row in reach.values()) - (reach["email"]["delivered"])
        )
        assert all(MARK.encode() in call for call in calls)
        found = everything(folder)
        assert MARK.encode() in found
        assert {secret for secret in held.told if secret.encode() in found} == set()
        assert came == []
    after = record()
    (note,) = [row for row in after["journal.Note"] if row not in before["journal.Note"]]
    assert note["verb"] == "rehearse:drill:run"
    assert {**after, "journal.Note": []} == {**before, "journal.Note": []}


def test_what_else_listens_on_this_machine_is_beyond_the_fence_too() -> None:
    attempt = """there = socket.create_server(("127.0.0.1", 0))
    fence.draw_closer([server.getsockname()[1]])
    socket.create_connection(server.getsockname(), 1)
    socket.create_connection(there.getsockname(), 1)"""
    words = (sys.executable, "-c", ATTEMPT.format(attempt=attempt))
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)

    assert ended.stdout.strip() == "held", ended.stderr


OUTWARD = {
    "connect": "socket.create_connection(('192.0.2.1', 25), 1)",
    "datagram": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "version 6": "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 25))",
    "name": "socket.getaddrinfo('status.linden.example', 443)",
    "old name": "socket.gethostbyname('status.linden.example')",
    "listening": "socket.create_server(('0.0.0.0', 0))",
    "urllib": "urllib.request.urlopen('http://192.0.2.1/', timeout=1)",
    "httpcore": "httpcore.request('GET', 'http://192.0.2.1/')",
    "asyncio": "asyncio.run(asyncio.open_connection('192.0.2.1', 25))",
    "mail's loop": "loop().run_until_complete("
    "loop().create_connection(asyncio.Protocol, '192.0.2.1', 25))",
}
ATTEMPT = """
import asyncio, functools, socket, urllib.request, httpcore, uvloop
from tocsin.rehearse.drills import fence
fence.put_up()
loop = functools.cache(uvloop.new_event_loop)
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), 1)
try:
    {attempt}
except Exception as error:
    seen = error
    while seen is not None and not isinstance(seen, fence.BeyondTheFence):
        seen = seen.__cause__ or seen.__context__ or getattr(seen, "reason", None)
    print("held" if seen is not None or "reaches nobody" in str(error) else repr(error))
else:
    print("went out")
"""


@pytest.mark.parametrize("attempt", OUTWARD.values(), ids=OUTWARD)
def test_the_fence_holds_each_way_out_and_lets_the_loopback_be(attempt: str) -> None:
    words = (sys.executable, "-c", ATTEMPT.format(attempt=attempt))
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)

    assert ended.stdout.strip() == "held", ended.stderr


def test_the_fence_lets_what_was_connected_here_go_on() -> None:
    attempt = """server.settimeout(1)
    there = socket.create_connection(server.getsockname(), 1)
    there.sendmsg([b"still here"])
    socket.getnameinfo(server.getsockname(), socket.NI_NUMERICHOST)"""
    words = (sys.executable, "-c", ATTEMPT.format(attempt=attempt))
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60)

    assert ended.stdout.strip() == "went out", ended.stderr


def begun(environ: dict[str, str], *more: str) -> "subprocess.Popen[str]":
    words = (*TOCSIN, "drill", "run", "alone", *more)
    return subprocess.Popen(
        words, env=environ, stdout=subprocess.PIPE, text=True, preexec_fn=hearing_ctrl_c
    )


@pytest.mark.parametrize(
    ("how", "more", "first"),
    [
        (signal.SIGKILL, (), "An alert"),
        (signal.SIGINT, (), "An alert"),
        (signal.SIGKILL, ("--live",), "It begins"),
    ],
    ids=["killed", "Ctrl-C", "killed live"],
)
def test_a_drill_that_is_ended_leaves_nothing_running_and_can_be_removed(
    rehearsing: dict[str, str], how: signal.Signals, more: tuple[str, ...], first: str
) -> None:
    with begun(rehearsing, *more) as running:
        assert running.stdout is not None
        assert any(first in line for line in running.stdout)
        (folder,) = (Path(rehearsing["TOCSIN_DATA_DIR"]) / "drills").iterdir()
        assert Ground(folder).is_on
        assert len(alive(folder)) >= 2, "the drill and its front"
        remove = (*TOCSIN, "drill", "remove", folder.name)
        refused = subprocess.run(remove, env=rehearsing, capture_output=True, text=True)
        assert (refused.returncode, "still on" in refused.stderr) == (1, True)
        running.send_signal(how)
        rest_of(running)

    until(lambda: not alive(folder), "all its processes end", within=20)
    subprocess.run(remove, env=rehearsing, check=True)
    assert not folder.exists()


def test_two_drills_at_once_do_not_mix(rehearsing: dict[str, str]) -> None:
    with begun(rehearsing) as one, begun(rehearsing) as other:
        assert "Nothing was lost." in one.communicate(timeout=300)[0]
        assert "Nothing was lost." in other.communicate(timeout=300)[0]

    folders = list((Path(rehearsing["TOCSIN_DATA_DIR"]) / "drills").iterdir())
    told = [Ground(folder).read("score") for folder in folders]
    assert len({one["score"]["incident"] for one in told}) == 2
    for folder, score in zip(folders, told, strict=True):
        (elsewhere,) = [one for one in told if one != score]
        found = everything(folder)
        assert score["score"]["incident"].encode() in found
        assert elsewhere["score"]["incident"].encode() not in found
        assert score["mail"]["taken"] == len(list((folder / "mail").glob("*.eml")))
