from collections.abc import Generator
from itertools import count

import pytest

from tocsin.front.tests.harness import Page, Running, Site, eventually, free_port
from tocsin.front.tests.standin import StandIn

_pages = count(1)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def web() -> Generator[StandIn, None, None]:
    """What the front takes for Django."""
    standin = StandIn()
    yield standin
    standin.stop()


@pytest.fixture(scope="session")
def front(site: Site, web: StandIn) -> Generator[Running, None, None]:
    """A front with small limits before the stand-in; a page of their own keeps tests apart."""
    running = Running(
        site.root,
        TOCSIN_WEB_URL=web.url,
        TOCSIN_FRONT_BODY_BYTES="65536",
        TOCSIN_FRONT_HOOK_BYTES="131072",
        TOCSIN_FRONT_BODY_SECONDS="0.5",
        TOCSIN_FRONT_READ_SECONDS="0.5",
        TOCSIN_FRONT_KEEPALIVE_SECONDS="0.2",
    )
    yield running
    running.stop()


@pytest.fixture(scope="session")
def lonely_front(site: Site) -> Generator[Running, None, None]:
    """A front whose Django is down, with room for two event streams that last a moment."""
    running = Running(
        site.root,
        TOCSIN_WEB_URL=f"http://127.0.0.1:{free_port()}",
        TOCSIN_FRONT_STREAMS="2",
        TOCSIN_FRONT_STREAM_SECONDS="3",
    )
    yield running
    running.stop()


@pytest.fixture
def page(site: Site, front: Running) -> Page:
    """A page of the test's own, live as 1.0."""
    made = site.page(f"linden{next(_pages)}")
    made.live("1.0")
    eventually(lambda: front.get(made, "/").status_code == 200)
    return made
