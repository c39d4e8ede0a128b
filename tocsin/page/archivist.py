"""Who writes the archive: file by file, in an order in which no link leads nowhere for long."""

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from tocsin.catalogue import dressing, languages
from tocsin.catalogue.tree import Node
from tocsin.disclosure.severity import Indicator
from tocsin.page import (
    archive,
    assets,
    bars,
    disk,
    embed,
    html,
    named,
    pictures,
    quarters,
    windows,
)
from tocsin.page.address import prefix_of
from tocsin.page.log import format, tally, writing
from tocsin.page.snapshot import Snapshot
from tocsin.page.windows import Past
from tocsin.statements import published
from tocsin.statements.published import Change, Publication, Story

STORIES_A_TURN = 25
MONTHS_A_TURN = 24
LATELY_LOGGED = 30  # publications that the log's own page names
MOST_LATELY = 500  # incidents of ninety days that a component's page looks through
COUNTS = "history/months.json"
PICTURE = "picture"
INCIDENT = "incident"
PROMISES = "promises"
MONTH = re.compile(r"(?:.+/)?history/\d{4}-\d\d/index\.html")


class Archivist:
    """Writes into one page's archive what a snapshot says."""

    def __init__(self, snapshot: Snapshot, folder: Path) -> None:
        self.snapshot, self.folder = snapshot, folder
        self._zone = snapshot.page.time_zone
        self._audience = snapshot.page.audience_id

    def write(self, files: archive.Files) -> None:
        disk.replace_all(self.folder, files)
        for path in filter(MONTH.fullmatch, files):
            self._clear_narrowed((self.folder / path).parent, files)
        pictures.clear_others(self.folder, files)

    def _clear_narrowed(self, month: Path, files: archive.Files) -> None:
        """Work that was moved to another month leaves nothing of a component in this one."""
        for place in [place for place in month.iterdir() if place.is_dir()]:
            if place.relative_to(self.folder).joinpath("index.html").as_posix() not in files:
                shutil.rmtree(place, ignore_errors=True)

    def write_closed(self, stories: Iterable[Story]) -> None:
        for story in stories:
            self.write(self._closed([story]))

    def _closed(self, stories: Iterable[Story]) -> archive.Files:
        files: archive.Files = {}
        for story in stories:
            if not story.is_open:
                files |= archive.incident(self.snapshot, story)
        return files

    def prepare(self, *, anew: bool) -> None:
        """Put there what any head links to, and isn't there yet."""
        spoken = self.snapshot.page.languages
        scripts = [*map(assets.script, spoken), *map(assets.log_script, spoken)]
        self.write(dict([*scripts, *map(assets.icon_file, Indicator)]) | self._dress())
        if not anew:
            return
        for node in self.snapshot.tree:
            if not (self.folder / "c" / node.slug / "index.html").exists():
                self.write(self._component(node))
        if not (self.folder / "history" / "index.html").exists():
            self.write(self.drawn("history"))
        if not (self.folder / "promises" / "index.html").exists():
            self.write(self.drawn(PROMISES))

    def _dress(self) -> archive.Files:
        """A brand's own sheet and logos, where they are not there yet."""
        look = self.snapshot.page.look
        sheet = assets.look_sheet(look)
        told: archive.Files = dict([embed.sheet(look), embed.behaviour()])
        told |= [sheet] if sheet else []
        marks = [mark for mark in (look.logo, look.dark_logo) if mark]
        if not all((self.folder / mark.file).exists() for mark in marks):
            told |= dressing.logos_of(self.snapshot.page.id)
        return told

    # What is owed, by name: "picture <incident>", "incident <incident>", "component <id>",
    # "month 2026-11", "history", "log 3", "promises", "retired"

    def owed_to_all(self) -> Iterator[str]:
        """Everything that a change of the catalogue or of the code touches but incidents."""
        yield from self.owed_to_components()
        yield from (f"log {file}" for file in self._files_of_log() if not self._stands(file))
        yield "retired"
        yield "history"
        if self.snapshot.has_promises:
            yield PROMISES

    def owed_to_log(self, said: Iterable[Publication]) -> Iterator[str]:
        """The files of the public log that hold these."""
        return (f"log {format.file_of(word.number)}" for word in said)

    def _files_of_log(self) -> range:
        """All of them, by their numbers; the first is there before anything is said."""
        return range(1, max(1, format.file_of(self.snapshot.number)) + 1)

    def _stands(self, file: int) -> bool:
        """Whether a full file of the log ends where the chain does; the last one is never full."""
        if file * format.PER_FILE > self.snapshot.number:
            return False
        return writing.last_link(self.folder / format.path_of(file)) == self._tally.before_file(
            file + 1, newest=self.snapshot.number
        )

    def owed_to_components(self) -> Iterator[str]:
        return (f"component {node.id}" for node in self.snapshot.tree)

    def owed_to(self, changes: Iterable[Change], stories: Iterable[Story]) -> Iterator[str]:
        """What words change beside the incidents' own files."""
        touched = {change.component_id for change in changes}
        touched |= {key for story in stories for key in story.component_ids}
        for key in sorted(touched):
            yield from (f"component {node.id}" for node in self.snapshot.paths.get(key, ()))
        for story in stories:
            yield from (f"month {of:%Y-%m}" for of in self._months_of(story))
            yield "history"

    def owed_to_pictures(self, stories: Iterable[Story]) -> Iterator[str]:
        """Pictures that are not there, and such as nothing names any more."""
        for story in stories:
            if not pictures.stand(self.snapshot, self.folder, story):
                yield f"{PICTURE} {story.incident_id}"

    def _months_of(self, story: Story) -> Iterator[date]:
        """The month that lists it; of planned work, each one that a word ever put it in."""
        yield archive.month_of(story.placed_at, self._zone)
        for said in story.publications:
            if said.words and said.words.window:
                yield archive.month_of(said.words.window.starts_at, self._zone)

    def drawn(self, item: str) -> archive.Files:
        """The files that an item names, as they are to be; nothing is written."""
        what, _, which = item.partition(" ")
        if what == "component":
            node = self.snapshot.tree.by_id().get(which)
            return self._component(node) if node else {}
        if what == PICTURE:
            return self._pictures(published.stories_of(self._audience, [which]))
        if what == INCIDENT:
            return self._closed(published.stories_of(self._audience, [which]))
        if what == "month":
            return self._month(date.fromisoformat(f"{which}-01"))
        if what == "log":
            return self._log(int(which))
        if what == PROMISES:
            ids = published.promising_ids(self._audience)
            return archive.promises(self.snapshot, published.stories_of(self._audience, ids))
        return self._history() if what == "history" else {}

    def _log(self, file: int) -> archive.Files:
        """One file of the public log, and its end as it is now."""
        first, last = format.bounds_of(file)
        newest = self.snapshot.number
        told = published.logged(self._audience, first=first, last=min(last, newest))
        before = self._tally.before_file(file, newest=newest)
        head = writing.head(
            self._audience,
            newest,
            self._tally.at(newest),
            published.redacted_digests(self._audience),
            seed=writing.seed_of(settings.TOCSIN.secret_key, self.snapshot.page.id),
        )
        lately = published.numbered(self._audience, after=newest - LATELY_LOGGED)
        return {
            format.path_of(file): writing.entries(before, told),
            **archive.log(self.snapshot, head, lately),
        }

    @property
    def _tally(self) -> tally.Tally:
        return tally.of(self._audience)

    def draw(self, stories: Iterable[Story]) -> None:
        """The pictures of some stories, open or closed."""
        for story in stories:
            self.write(self._pictures([story]))

    def _pictures(self, stories: Iterable[Story]) -> archive.Files:
        files: archive.Files = {}
        for story in stories:
            files |= pictures.files(self.snapshot, self.folder, story)
        return files

    def _component(self, node: Node) -> archive.Files:
        return archive.component(self.snapshot, node, self._past_of(node))

    def _past_of(self, node: Node) -> Past:
        """All that a component's page tells of its past: read when it is drawn, off the road."""
        seen = self.snapshot
        ids = named.ids_below(seen, node)
        told = published.that_named(self._audience, ids)
        since = bars.midnights(seen.at, self._zone)[0]
        lately = [one for one in told if one.last_said_at >= since][:MOST_LATELY]
        wanted = dict.fromkeys(one.incident_id for one in (*told[: html.MOST_NAMED], *lately))
        at_hand = {story.incident_id: story for story in (*seen.recent_planned, *seen.recent)}
        return windows.past(
            node,
            published.spans_of(self._audience, ids),
            [one.placed_at for one in told if one.is_incident],
            published.stories_of(self._audience, list(wanted), at_hand),
            planned_at=[one.placed_at for one in told if not one.is_incident],
            at=seen.at,
            zone=self._zone,
            weights=seen.page.weights,
        )

    def _history(self) -> archive.Files:
        counts = self._counts()
        months = {key: told for key in counts if (told := self._told_of(key))}
        planned = {key: quarters.planned_in(told) for key, told in months.items()}
        history = archive.history(self.snapshot, counts, planned)
        return history | quarters.files(self.snapshot, months.values())

    def _told_of(self, month: str) -> quarters.Json | None:
        """What a month's own file says of its incidents, for the quarters."""
        try:
            told: quarters.Json = json.loads((self.folder / quarters.file_of(month)).read_bytes())
        except (OSError, ValueError):
            return None
        return told

    def put(self, item: str, files: archive.Files) -> None:
        """Write what was drawn of an item."""
        self.write(files)
        what, _, which = item.partition(" ")
        if what == PICTURE:
            pictures.clear(self.snapshot, self.folder, which, kept=files)
        if item == "retired":
            self._clear_retired()

    def pay(self, item: str) -> None:
        """Write the files that an item names."""
        self.put(item, self.drawn(item))

    # The whole archive, from the newest incident back

    def rebuilt(self, down_to: datetime) -> tuple[archive.Files, datetime | None]:
        """Some more of the incidents told of before ``down_to``, and the month they end.

        The second value is how far back all is drawn, None once there is nothing further back.
        """
        first = published.first_told_at(self._audience)
        for _ in range(MONTHS_A_TURN):
            if first is None or down_to <= first:
                return self.drawn("history"), None
            of = archive.month_of(down_to - timedelta(microseconds=1), self._zone)
            start, _end = archive.bounds_of(of, self._zone)
            stories = published.stories_between(self._audience, start, down_to)
            if stories:
                return self._some_of(of, start, stories)
            down_to = start
        return {}, down_to

    def _some_of(
        self, of: date, start: datetime, stories: tuple[Story, ...]
    ) -> tuple[archive.Files, datetime]:
        batch = stories[:STORIES_A_TURN]
        last = batch[-1].placed_at
        # Those told of at one and the same moment go together: the moment is the cursor.
        batch += tuple(story for story in stories[STORIES_A_TURN:] if story.placed_at == last)
        files = self._closed(batch) | self._pictures(batch)
        if len(batch) < len(stories):
            return files, last
        return files | self._month(of), start

    def _month(self, of: date) -> archive.Files:
        start, end = archive.bounds_of(of, self._zone)
        stories = published.stories_between(self._audience, start, end)
        key, former = f"{of:%Y-%m}", self._counts()
        counts = former | {key: len(stories)}
        kept = {name: count for name, count in sorted(counts.items()) if count}
        return {
            **archive.month(self.snapshot, of, stories),
            **self._feeds(key, stories, kept, is_new=(key in former) != (key in kept)),
            quarters.file_of(key): quarters.month(self.snapshot, of, stories),
            COUNTS: json.dumps(kept).encode(),
        }

    def _feeds(
        self, month: str, stories: tuple[Story, ...], months: Iterable[str], *, is_new: bool
    ) -> archive.Files:
        """A month's feed, and that of the month after it where that now leads elsewhere."""
        known = sorted(months)
        before = max((other for other in known if other < month), default="")
        files = archive.feeds(self.snapshot, month, stories, before=before)
        after = min((other for other in known if other > month), default="")
        if is_new and after:
            start, end = archive.bounds_of(date.fromisoformat(f"{after}-01"), self._zone)
            later = published.stories_between(self._audience, start, end)
            leads_to = month if month in known else before
            files |= archive.feeds(self.snapshot, after, later, before=leads_to)
        return files

    def _counts(self) -> dict[str, int]:
        try:
            return dict(json.loads((self.folder / COUNTS).read_bytes()))
        except (OSError, ValueError):
            return {}

    def _clear_retired(self) -> None:
        """A component or a language that was taken off has no pages any more."""
        self._clear_assets()
        page, shown = self.snapshot.page, {node.slug for node in self.snapshot.tree}
        for code in set(languages.every()) - set(page.languages[1:]):
            shutil.rmtree(self.folder / code, ignore_errors=True)
        for prefix in [prefix_of(page, code) for code in page.languages]:
            folder = self.folder / prefix / "c"
            for place in folder.iterdir() if folder.is_dir() else ():
                if place.name not in shown:
                    shutil.rmtree(place, ignore_errors=True)

    def _clear_assets(self) -> None:
        """A logo or a colour that was taken down is not to be had any more."""
        look = self.snapshot.page.look
        sheet = assets.look_sheet(look)
        worn = {mark.file for mark in (look.logo, look.dark_logo) if mark}
        worn |= {sheet[0]} if sheet else set()
        worn |= {embed.sheet(look)[0], embed.behaviour()[0]}
        for pattern in ("logo.*", "look.*", "embed.*"):
            for file in (self.folder / "assets").glob(pattern):
                if not any(f"assets/{file.name}".startswith(name) for name in worn):
                    file.unlink(missing_ok=True)
