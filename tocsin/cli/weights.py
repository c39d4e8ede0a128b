"""`tocsin page weights`: how much each kind of trouble counts as down."""

from datetime import UTC, datetime

import click

from tocsin.catalogue import shelf, weighing
from tocsin.cli import printing


@click.command("weights")
@click.argument("page_ref", metavar="P")
@click.option("--major", metavar="SHARE", help="What fails for everybody.")
@click.option("--partial", metavar="SHARE", help="What fails for some.")
@click.option("--degraded", metavar="SHARE", help="What is slow.")
@printing.as_json
def page_weights(page_ref: str, is_json: bool, **told: str | None) -> None:
    """How much trouble counts as down, 0 to 1; shown, or changed. The page says it in words."""
    kept = shelf.brand(page_ref)
    chosen = {name: share for name, share in told.items() if share is not None}
    if chosen:
        kept = weighing.weigh(kept.id, chosen, by=printing.terminal(), at=datetime.now(UTC))
    if is_json:
        printing.facts({"page": kept.slug, **kept.weights.spelled})
        return
    printing.table(("STATE", "COUNTS"), list(kept.weights.spelled.items()))
