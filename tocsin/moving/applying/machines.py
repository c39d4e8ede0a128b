"""What lets machines in, by a file: hooks for alerts, keys to the manage API.

Their secrets are made here and shown once, to whoever applies; a file holds none.
"""

from datetime import timedelta

from tocsin.catalogue.shelf import Brand
from tocsin.moving.applying.reading import Given
from tocsin.moving.applying.work import CannotApply, Making, at_line
from tocsin.people import keys
from tocsin.people.keys import Key
from tocsin.people.models import Scope
from tocsin.watch import hooks
from tocsin.watch.hooks import Door
from tocsin.watch.models import GROUP_FOR, Source

UNITS = {"s": 1, "m": 60, "h": 3600}


class Machines:
    """The hooks and keys of one page."""

    def __init__(self, making: Making, page: Brand) -> None:
        self.making, self.page = making, page

    def make(self, given: Given) -> None:
        """Open what is not there, change what differs; close the rest, if that was asked."""
        if "hooks" in given:
            self._make_hooks(given.all_of("hooks"))
        if "keys" in given:
            self._make_keys(given.all_of("keys"))

    def _make_hooks(self, given: list[Given]) -> None:
        open_ones = [door for door in hooks.hooks_of(self.page.id) if door.revoked_at is None]
        there = {(door.source.value, door.name): door for door in open_ones}
        for one in given:
            door = there.pop((one["source"], one["name"].strip()), None)
            with at_line(one.line):
                self._open(one) if door is None else self._change(door, one)
        for door in there.values():
            what = f"hook {self.page.slug}/{door.source.value} {door.name!r}"
            if self._prunes(what):
                hooks.revoke(door.id, **self.making.act)

    def _open(self, given: Given) -> None:
        door, token = hooks.create(
            self.page.id,
            Source(given["source"]),
            name=given["name"],
            rules=_rules(given) or (),
            group_for=_span(given) or GROUP_FOR,
            **self.making.act,
        )
        what = f"hook {self.page.slug}/{door.source.value} {door.name!r}"
        self.making.report.note("+", what)
        self.making.report.shown.append(f"{what}: {hooks.address_of(door, token)}")

    def _change(self, door: Door, given: Given) -> None:
        what = f"hook {self.page.slug}/{door.source.value} {door.name!r}"
        rules, span = _rules(given), _span(given)
        before = [str(rule) for rule in door.rules]
        after = (
            hooks.change(door.id, rules=rules, group_for=span, **self.making.act)
            if (
                (rules is not None and [*rules] != before)
                or (span is not None and span != door.group_for)
            )
            else door
        )
        now = [str(rule) for rule in after.rules]
        if now != before:
            self.making.report.note_value(f"{what}: rules", before, now)
        if after.group_for != door.group_for:
            self.making.report.note_value(f"{what}: group_for", door.group_for, after.group_for)

    def _make_keys(self, given: list[Given]) -> None:
        at = self.making.at
        there = {key.name: key for key in keys.keys_of(self.page.id) if key.is_good(at)}
        for one in given:
            key = there.pop(" ".join(one["name"].split()), None)
            if key is None:
                self._make_key(one)
            else:
                _check_scope(key, one)
        for key in there.values():
            if self._prunes(f"key {self.page.slug}/{key.name!r} ({key.first}…)"):
                keys.revoke(key.id, **self.making.act)

    def _make_key(self, given: Given) -> None:
        with at_line(given.line):
            key, secret = keys.create(
                self.page.id,
                scope=Scope(given["scope"]),
                name=given["name"],
                **self.making.act,
            )
        what = f"key {self.page.slug}/{key.name!r}"
        self.making.report.note("+", what)
        self.making.report.shown.append(f"{what}: {secret}")

    def _prunes(self, what: str) -> bool:
        if self.making.prunes:
            self.making.report.note("-", what)
        else:
            self.making.report.kept.append(what)
        return self.making.prunes


def _rules(given: Given) -> list[str] | None:
    return list(given["rules"]) if "rules" in given else None


def _span(given: Given) -> timedelta | None:
    if "group_for" not in given:
        return None
    told = given["group_for"]
    return timedelta(seconds=int(told[:-1]) * UNITS[told[-1]])


def _check_scope(key: Key, given: Given) -> None:
    if key.scope != given["scope"]:
        raise CannotApply(
            f"Line {given.line_of('scope')}: The key {key.name!r} is for {key.scope.value}, and a "
            "key stays what it was made. Give another name, and revoke the former."
        )
