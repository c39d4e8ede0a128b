"""`make bench-coach`: how fast the coach is, and how often right, cell by cell."""

import time

from tests.bench.machine import described
from tests.coach import labelled
from tests.coach.labelled import Cell, Measured
from tocsin.disclosure.coach import lexicon, reviewing
from tocsin.disclosure.coach.values import Context
from tocsin.disclosure.phases import Phase

POSTS, LENGTH, LONG = 10_000, 300, 2_000
WANTED_POSTS, WANTED_LONG = 10.0, 50.0
PRECISION, RECALL = 0.95, 0.90


def main() -> None:
    """Print speed, then precision and recall of every cell of every set."""
    print(described())
    for language in labelled.LANGUAGES:
        _tell_speed(language)
    for language in labelled.LANGUAGES:
        for half in (*labelled.HALVES, labelled.OWN, *labelled.SECOND, *labelled.THIRD):
            sentences = labelled.sentences(language, half)
            _tell_cells(f"{language}, {half}", len(sentences), labelled.measured(sentences))


def _tell_speed(language: str) -> None:
    posts = _posts(language)
    context = Context(language=language, phase=Phase.INVESTIGATING)
    began = time.process_time()
    reviewing.review(posts[0], context)
    first = time.process_time() - began
    began = time.process_time()
    for post in posts:
        reviewing.review(post, context)
    all_posts = time.process_time() - began
    long = " ".join(posts)[:LONG]
    began = time.process_time()
    for _ in range(20):
        reviewing.review(long, context)
    one = (time.process_time() - began) / 20 * 1000
    print(
        f"\n{language}: {len(posts):,} posts of {LENGTH} characters in {all_posts:.1f} s of one "
        f"core (wanted: under {WANTED_POSTS:.0f} s); {LONG:,} characters in {one:.1f} ms (wanted: "
        f"under {WANTED_LONG:.0f} ms); the first, with the lexicon, in {first * 1000:.0f} ms"
    )


def _posts(language: str) -> list[str]:
    """Ten thousand posts, each other sentences beside each other."""
    texts = [one.text for half in labelled.HALVES for one in labelled.sentences(language, half)]
    posts = []
    for number in range(POSTS):
        start, step = number % len(texts), number // len(texts) + 1
        post = ""
        while len(post) < LENGTH:
            post += texts[start % len(texts)] + " "
            start += step
        posts.append(post[:LENGTH])
    return posts


def _tell_cells(name: str, count: int, told: Measured) -> None:
    print(f"\n{name} ({count} sentences)\n")
    print("group  right  false  missed  precision  recall")
    for group in lexicon.GROUPS:
        _tell_cell(group, told.cells.get(group, Cell()))
    _tell_cell("all", told.whole)
    print(f"clean sentences flagged at all: {told.disturbed} of {told.clean}")
    if told.whole.precision < PRECISION or told.whole.recall < RECALL:
        print(f"below what is wanted: precision {PRECISION}, recall {RECALL}")


def _tell_cell(name: str, cell: Cell) -> None:
    print(
        f"{name:5}  {cell.right:5}  {cell.false:5}  {cell.missed:6}  "
        f"{cell.precision:9.2f}  {cell.recall:6.2f}"
    )


if __name__ == "__main__":
    main()
