"""The page from our front beside nginx, and from nginx as we configure it beside a bare file.

The same bytes, packed, asked for by name and with a choice of coding, from one worker each; in
turns, so that a busy machine is busy for all of them.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.load import Load, measured
from tests.bench.table import Row, milliseconds, percentile
from tests.bench.visible import a_past
from tests.nginx import bare, shipped
from tests.record import Record
from tests.serving import House, until

PAST, BRANDS, COMPONENTS = 50, 1, 50
CONNECTIONS, SECONDS, ROUNDS = 64, 4, 5
HOST = "status.linden.example"
ASKED = {"Host": HOST, "Accept-Encoding": "gzip"}
REQUIRED, GOAL, AS_BARE, TAIL = 0.6, 0.75, 0.95, 2.0


def measure(say: Callable[[str], None]) -> list[Row]:
    """Load all three in turns; ``say`` is told how it goes along."""
    with TemporaryDirectory(prefix="tocsin-bench-") as name, ExitStack() as stack:
        directory = Path(name)
        house = House(directory / "house")
        house.data_dir.mkdir(parents=True)
        a_past(house, PAST, BRANDS, COMPONENTS)
        stack.enter_context(house)
        house.start("--no-demo")
        site_dir = house.data_dir / "site"
        live = site_dir / "linden" / "current"
        with Record(house.database) as record:
            until(lambda: record.are_compiled(BRANDS), "the page is compiled", within=120)
        until((live / "index.html.gz").exists, "the front page is packed", within=120)
        files = directory / "files"
        files.mkdir()
        for path in live.glob("index.html*"):
            shutil.copy(path, files)
        alone = stack.enter_context(bare(directory / "bare", files))
        ours = stack.enter_context(
            shipped(directory / "ours", site_dir=site_dir, pages={HOST: "linden"}, front=house.port)
        )
        doors = {"front": house.base_url, "bare": alone.url, "ours": ours.url}
        say(f"{CONNECTIONS} connections on each of three, {ROUNDS} rounds of {SECONDS} s …")
        return _judged(_loaded(doors))


def _loaded(doors: dict[str, str]) -> dict[str, list[Load]]:
    loads: dict[str, list[Load]] = {name: [] for name in doors}
    for turn in range(ROUNDS):
        for name in doors if turn % 2 else reversed(doors):
            loads[name].append(
                measured(f"{doors[name]}/", seconds=SECONDS, connections=CONNECTIONS, headers=ASKED)
            )
    assert not any(load.refused for told in loads.values() for load in told), loads
    return loads


def _judged(loads: Mapping[str, list[Load]]) -> list[Row]:
    rate = {n: percentile([load.rate for load in told], 0.5) for n, told in loads.items()}
    p99 = {n: percentile([load.p99 for load in told], 0.5) for n, told in loads.items()}
    front, ours = (_over(loads[name], loads["bare"], "rate") for name in ("front", "ours"))
    tail = _over(loads["front"], loads["bare"], "p99")
    return [
        Row("/ from nginx, a bare file", f"{rate['bare']:,.0f} req/s, p99 {_ms(p99['bare'])}"),
        Row("/ through the front", f"{rate['front']:,.0f} req/s, p99 {_ms(p99['front'])}"),
        Row("/ from nginx with deploy/nginx.conf", f"{rate['ours']:,.0f} req/s"),
        Row("the front over nginx", f"{front:.2f} ×", f"≥ {REQUIRED} ×", front >= REQUIRED),
        Row("the front over nginx, the goal", f"{front:.2f} ×", f"≥ {GOAL} ×", front >= GOAL),
        Row(
            f"its p99 under {CONNECTIONS} connections",
            f"{tail:.2f} ×",
            f"≤ {TAIL:g} ×",
            tail <= TAIL,
        ),
        Row(
            "deploy/nginx.conf over a bare file", f"{ours:.2f} ×", f"≥ {AS_BARE} ×", ours >= AS_BARE
        ),
    ]


def _over(these: Sequence[Load], those: Sequence[Load], what: str) -> float:
    """The median of the rounds' own ratios: within a round the machine was the same for both."""
    ratios = [
        getattr(one, what) / getattr(other, what) for one, other in zip(these, those, strict=True)
    ]
    return percentile(ratios, 0.5)


def _ms(seconds: float) -> str:
    return milliseconds(seconds) if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"
