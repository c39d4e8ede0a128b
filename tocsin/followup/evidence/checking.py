"""Whether a bundle is what it was, with nothing at hand but the file. Pure but for reading it.

Three things are asked: that each byte is as it was sealed; that the parts agree with each other;
and that each note of the journal stands where its link says. docs/operating/evidence.md says what
that proves, and what only the record itself can.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tocsin.followup.evidence import agreeing, manifest
from tocsin.followup.evidence.box import Opened
from tocsin.followup.evidence.manifest import MANIFEST, SEAL, SUMS, Manifest

MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; ``faults`` are sentences, empty when all is well."""

    seal: str
    told: Manifest
    faults: list[str] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "ok": not self.faults,
            "incident": self.told.incident,
            "page": self.told.told["page"],
            "internal": self.told.is_internal,
            "seal": self.seal,
            "journal": self.told.told.get("journal"),
            "parts": len(self.told.parts),
            "faults": self.faults,
        }


def check(path: Path, *, seal: str = "") -> Verdict:
    """Check a bundle, and its seal against one that was given on another way. Raises NoBundle."""
    with Opened(path) as bundle:
        told = manifest.read(bundle)
        faults = [*bundle.faults, *_of_seal(bundle, told, seal), *_of_parts(bundle, told)]
        # What was changed says nothing: it would be told twice, as a link that does not fit.
        if not faults:
            faults = agreeing.faults(bundle, told, most=MOST_FAULTS)
    return Verdict(told.seal, told, faults[:MOST_FAULTS])


def _of_seal(bundle: Opened, told: Manifest, expected: str) -> list[str]:
    found = []
    if bundle.read(SEAL, most=1024) != f"{told.seal}  {MANIFEST}\n".encode():
        found.append(f"{MANIFEST} is not what was sealed: its SHA-256 is not the one in {SEAL}.")
    if expected and told.seal != expected.strip().lower():
        found.append(
            "The seal is not the one you were given: this is another bundle, or it was made anew."
        )
    return found


def _of_parts(bundle: Opened, told: Manifest) -> list[str]:
    names = [name for name, _size, _digest in told.parts]
    found = []
    if list(bundle.parts) != [*names, MANIFEST, SEAL]:
        lost = sorted(set(names) - bundle.parts.keys())
        more = sorted(bundle.parts.keys() - {*names, MANIFEST, SEAL})
        found += [f"{name} is missing." for name in lost]
        found += [f"{name} is not in the manifest: it was put in afterwards." for name in more]
        if not lost and not more:
            found.append("The parts stand in another order than they were sealed in.")
    found += [
        f"{name} was changed after it was sealed: its SHA-256 is another."
        for name, size, digest in told.parts
        if name in bundle.parts
        and (bundle.parts[name].sha256, bundle.parts[name].size) != (digest, size)
    ]
    return found or _of_sums(bundle, told)


def _of_sums(bundle: Opened, told: Manifest) -> list[str]:
    listed = [bundle.parts[name] for name, _size, _digest in told.parts if name != SUMS]
    if SUMS in bundle.parts and bundle.read(SUMS, most=manifest.LONGEST) == manifest.sums(listed):
        return []
    return [f"{SUMS} does not list the parts as the manifest does."]
