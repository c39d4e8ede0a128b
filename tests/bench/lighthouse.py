"""What Lighthouse says of the speed of the two pages that a reader of an incident sees."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.table import Row
from tests.bench.visible import is_live
from tests.inspecting import debugged_chromium, lighthouse
from tests.serving import House, until

RUNS, AT_LEAST = 5, 100  # runs of each page; points


def measure(say: Callable[[str], None]) -> list[Row]:
    """Points for performance, the median of five looks at each page, in turns."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name, House(Path(name)) as house:
        house.start("--demo")
        house.await_page()
        words = ("--component", "cart=major_outage", "--say", "The cart loses what is put in it.")
        told = house.told_by("declare", "The cart is empty", *words)
        until(lambda: is_live(house, told["publication"]), "it is on the page", within=30)
        pages = {"the front page": "/", "an incident's page": f"/incidents/{told['incident']}"}
        say(f"Letting Lighthouse look at each page {RUNS} times …")
        with debugged_chromium() as port:
            urls = [f"{house.base_url}{path}" for path in pages.values()] * RUNS
            seen = lighthouse(port, ["performance"], urls)
    for lost in sorted({f"{one.url}: {audit}" for one in seen for audit in one.lost}):
        say(f"Points lost on {lost}")
    points = [one.scores["performance"] for one in seen]
    return [_row(page, points[turn :: len(pages)]) for turn, page in enumerate(pages)]


def _row(page: str, points: list[int]) -> Row:
    median = sorted(points)[len(points) // 2]
    seen = f"{median}, the median of {', '.join(map(str, points))}"
    return Row(f"Lighthouse: performance of {page}", seen, f"{AT_LEAST}", median >= AT_LEAST)
