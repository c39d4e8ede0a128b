"""Making one copy what the page is now: only what changed, in an order that never contradicts."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.page import disk
from tocsin.page.mirrors import MirrorError, NotOurs
from tocsin.page.mirrors.stores import Store, digest
from tocsin.page.mirrors.targets import MARK
from tocsin.page.mirrors.tree import Digests, Tree

AT_ONCE = 8
BATCH = 32  # files between two looks at whether the page has moved on


@dataclass(slots=True)
class Memory:
    """What a copy is known to hold, by path; None until it was asked.

    ``mark`` is what its mark said then: who writes there besides us changes it.
    """

    held: dict[str, str] | None = None
    mark: bytes | None = None
    digests: Digests = field(default_factory=Digests)


@dataclass(slots=True)
class Outcome:
    """What became of one run: the heads that stand in the copy, whether all else does, and why not.

    ``heads`` are by page; ``written`` and ``deleted`` count files.
    """

    heads: dict[str, disk.Release] = field(default_factory=dict)
    is_whole: bool = False
    trouble: str = ""
    written: int = 0
    deleted: int = 0


def copy(
    store: Store,
    trees: Mapping[str, Tree],
    memory: Memory,
    *,
    beside: Mapping[str, bytes],
    has_moved: Callable[[], bool],
) -> Outcome:
    """Bring a copy up to date. ``beside`` are files that belong to no page.

    It ends early, and is not whole, where the page ``has_moved`` on meanwhile: the newer head
    does not wait for the rest of an older one. Whatever fails is told in the outcome.
    """
    outcome = Outcome()
    try:
        _copy(store, trees, memory, beside, has_moved, outcome)
    except MirrorError as error:
        outcome.trouble = str(error)
    except FileNotFoundError:
        outcome.trouble = ""  # a file was replaced while it was read: the next run has the new one
    except Exception as error:  # a copy's trouble of any kind is told, and is nobody else's
        outcome.trouble = f"{type(error).__name__}: {error}"[:200]
    return outcome


def _copy(
    store: Store,
    trees: Mapping[str, Tree],
    memory: Memory,
    beside: Mapping[str, bytes],
    has_moved: Callable[[], bool],
    outcome: Outcome,
) -> None:
    held = _held(store, memory)
    for number in range(3):
        for page, tree in trees.items():
            for batch in _batches(tree.stages[number], tree, memory, held):
                _put(store, batch, held, outcome, in_order=number == 1)
            if number == 2:
                outcome.heads[page] = tree.release
    _put(store, _changed(beside, held), held, outcome)
    for tree in trees.values():
        for batch in _batches(tree.stages[3], tree, memory, held):
            if has_moved():
                return
            _put(store, batch, held, outcome)
    expected = {MARK, *beside, *(path for tree in trees.values() for path in tree.files)}
    _delete(store, sorted(held.keys() - expected), held, outcome)
    memory.digests.forget_others({file for tree in trees.values() for file in tree.files.values()})
    outcome.is_whole = True


def _held(store: Store, memory: Memory) -> dict[str, str]:
    """What is there, asked once; refuses a place that holds what is not ours. Raises NotOurs."""
    mark = store.read(MARK)
    if memory.held is None or mark != memory.mark:
        found = store.held()
        if found and MARK not in found:
            raise NotOurs(
                "It holds files that Tocsin did not put there. Name an empty folder or prefix: "
                "what is not the page's is removed from a twin."
            )
        if not found:
            mark = json.dumps({"twin": "of a Tocsin page"}).encode()
            store.put({MARK: mark})
            found = {MARK: ""}
        memory.held, memory.mark = found, mark
    return memory.held


def _batches(
    stage: Sequence[str], tree: Tree, memory: Memory, held: Mapping[str, str]
) -> Iterator[dict[str, bytes]]:
    batch: dict[str, bytes] = {}
    for path in stage:
        file = tree.files[path]
        if memory.digests.of(file) != held.get(path):
            batch[path] = file.read_bytes()
        if len(batch) >= BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def _changed(files: Mapping[str, bytes], held: Mapping[str, str]) -> dict[str, bytes]:
    return {path: body for path, body in files.items() if digest(body) != held.get(path)}


def _put(
    store: Store,
    batch: Mapping[str, bytes],
    held: dict[str, str],
    outcome: Outcome,
    *,
    in_order: bool = False,
) -> None:
    """Write files; what a failing write left behind is not known, and is written again."""

    def write(path: str) -> None:
        held[path] = ""
        store.put({path: batch[path]})
        held[path] = digest(batch[path])

    if in_order:
        for path in batch:
            write(path)
    else:
        _side_by_side(write, batch)
    outcome.written += len(batch)


def _side_by_side(write: Callable[[str], None], paths: Iterable[str]) -> None:
    """Several at once, by threads that no ending process waits for (as a pool's would be)."""
    todo, faults = deque(paths), list[Exception]()

    def work() -> None:
        while todo and not faults:
            try:
                write(todo.popleft())
            except IndexError:
                return
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(AT_ONCE, len(todo)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _delete(store: Store, paths: Sequence[str], held: dict[str, str], outcome: Outcome) -> None:
    for path in paths:
        store.delete([path])
        held.pop(path, None)
        outcome.deleted += 1
