"""A drill that people play: alerts and faults come by themselves, everything else is theirs."""

import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.serving import TOCSIN, alive, hearing_ctrl_c, rest_of, until
from tocsin.rehearse.drills.ground import MARK, Ground

# At sixty times its pace a minute is a second.
NIGHT = """\
name: {en: Two at their desks, fr: Deux à leur poste}
about: A test's own.
opens: "22:00"
story:
  - {at: "22:01", alert: {title: Errors, component: checkout, state: major_outage}}
  - {at: "22:25", fail: {what: database}}
  - {at: "22:26", alert: {title: Errors, component: checkout, over: true}}
  - {at: "22:33", mend: {what: database}}
"""


class Team:
    """Who plays: at the terminal of the drill's own installation, and before its page."""

    def __init__(self, ground: Ground, url: str) -> None:
        self.ground, self.url = ground, url

    def tocsin(self, *words: str) -> str:
        environ = self.ground.environ({}, TOCSIN_BASE_URL=self.url)
        ended = subprocess.run(
            (sys.executable, "-m", "tocsin.cli", *words),
            env=environ,
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def asks(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def sees(self, path: str) -> int:
        """The status of a page, whatever it is: it says first that it is a drill's."""
        status, shown = self.asks(path)
        assert MARK in shown.partition("<body")[2][:200], path
        return status

    def drafted(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.tocsin("drafted", "list", "--json"))
        return found


def test_people_play_it_the_database_dies_and_it_is_scored(
    rehearsing: dict[str, str],
    tmp_path: Path,
) -> None:
    (tmp_path / "desks.yaml").write_text(NIGHT, "utf-8")
    words = (*TOCSIN, "drill", "run", str(tmp_path / "desks.yaml"), "--live", "--speed", "60")
    with subprocess.Popen(words, env=rehearsing, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        heard: list[str] = []

        def hears(what: str) -> None:
            for line in running.stdout or ():
                heard.append(line)
                if what in line:
                    return
            raise AssertionError(f"{what!r} never came: {heard}")

        hears("It begins")
        (folder,) = (Path(rehearsing["TOCSIN_DATA_DIR"]) / "drills").iterdir()
        url = re.search(r"http://127\.0\.0\.1:\d+", "".join(heard))
        assert url
        team = Team(Ground(folder), url[0])
        assert sum("/console/join/" in line for line in heard) == 6, "a way in for each role"
        asked = {"/console/sign-in": 200, "/no/such/place": 404, "/%00": 404}
        assert {path: team.sees(path) for path in asked} == asked

        hears("An alert fires")
        until(lambda: bool(team.drafted()), "it is drafted", within=20)
        said = team.tocsin("drafted", "say", team.drafted()[0]["drafted"], "--json")
        until(lambda: "checkout" in team.asks("/")[1].lower(), "readers see it", within=20)

        hears("The database fails")
        until(lambda: team.sees("/console/sign-in") == 503, "it is away", within=20)
        assert team.asks("/")[0] == 200, "and the page is not"
        hears("The database works again")
        hears("An alert is over")

        team.tocsin("resolve", json.loads(said)["incident"], "--say", "It works again.")
        rest = rest_of(running)

    assert running.returncode == 0, rest
    assert "Nothing was lost." in rest
    told = Ground(folder).read("score")
    assert (told["mode"], told["lost"]) == ("live", [])
    assert [fault["what"] for fault in told["faults"]] == ["database"]
    assert told["tried_again"], "the alert of 22:26 came once it could"
    assert told["reader"]["asked_without_database"] > 0
    assert told["reader"]["failed"] == 0
    assert told["mail"]["taken"] >= 20, "twelve mailboxes, two words"
    assert told["score"]["stages"]["seen"] >= 0
    until(lambda: not alive(folder), "all its processes end", within=20)


def test_it_is_scored_as_it_stands_when_somebody_stops_it(
    rehearsing: dict[str, str],
) -> None:
    words = (*TOCSIN, "drill", "run", "alone", "--live")
    with subprocess.Popen(
        words, env=rehearsing, stdout=subprocess.PIPE, text=True, preexec_fn=hearing_ctrl_c
    ) as running:
        assert running.stdout is not None
        assert any("It begins" in line for line in running.stdout)
        running.send_signal(signal.SIGINT)
        rest = rest_of(running)

    assert "LOST: Nothing was ever said" in rest
    (folder,) = (Path(rehearsing["TOCSIN_DATA_DIR"]) / "drills").iterdir()
    until(lambda: not alive(folder), "all its processes end", within=20)
