"""The scenarios of drills that come along, as their files have them; a demo’s can be drilled."""

from pathlib import Path

from tocsin.disclosure.lined import listed
from tocsin.rehearse import reading
from tocsin.rehearse.scenario import NoScenario

FOLDER = Path(__file__).parent / "scenarios"
USUAL = "alone"


def names() -> tuple[str, ...]:
    """By which they go, the usual one first."""
    own = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    return (*sorted(own, key=lambda name: name != USUAL), *reading.shipped())


def text(name: str) -> str:
    """The file of one. Raises NoScenario."""
    for folder in (FOLDER, reading.SHIPPED):
        if name in names() and (folder / f"{name}.yaml").is_file():
            return (folder / f"{name}.yaml").read_text("utf-8")
    raise NoScenario(
        f"No scenario “{name}” comes along; {listed(names())} do. A file of your own ends in .yaml."
    )
