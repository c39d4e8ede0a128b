"""`tocsin score`: how well a page told its readers, and what nobody can know of it."""

import re
from datetime import UTC, datetime

import click

from tocsin.catalogue.shelf import Brand
from tocsin.cli import options, printing
from tocsin.cli.commands import Refused
from tocsin.cli.shown import Shown
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.scorecard import facts, gathering, telling, totals
from tocsin.scorecard.history import History
from tocsin.scorecard.totals import Score
from tocsin.statements import appraisals

LANGUAGE = "en"
QUARTER = re.compile(r"\d{4}Q[1-4]")


@click.command("score")
@click.option("--page", "page_ref", metavar="P", help="Which page.")
@click.option("--quarter", metavar="2026Q3", help="What was first told of in that quarter alone.")
@click.option("--incident", "incident_id", metavar="ID", help="One incident's own score.")
@click.option("--reread", "is_anew", is_flag=True, help="Let the coach read all anew first.")
@click.option("--csv", "is_csv", is_flag=True, help="Print CSV, quarter by quarter.")
@printing.as_json
def score(
    page_ref: str | None,
    quarter: str | None,
    incident_id: str | None,
    is_anew: bool,
    is_csv: bool,
    is_json: bool,
) -> None:
    """How well a page told its readers. What was not recorded is told as not measured, and why."""
    if is_csv and is_json:
        raise click.UsageError("--csv and --json: say one of them.")
    if quarter and not QUARTER.fullmatch(quarter):
        raise click.UsageError(f"{quarter!r} is no quarter. Say one such as 2026Q3.")
    page, at = options.page_of(page_ref), datetime.now(UTC)
    if is_anew:
        _reread(page, at=at)
    if incident_id:
        if quarter or is_csv:
            raise click.UsageError("--incident goes with --page and --json alone.")
        _of_incident(page, incident_id, at=at, is_json=is_json)
        return
    history = gathering.history(page, at=at)
    if is_csv:
        click.echo(facts.sheet(page.slug, _scores(history, quarter)), nl=False)
        return
    scored = totals.score(_narrowed(history, quarter))
    if is_json:
        printing.facts({"page": page.slug, "quarter": quarter, **facts.of_score(scored)})
        return
    _print(scored)


def _reread(page: Brand, *, at: datetime) -> None:
    show = Shown()
    try:
        appraisals.reread(page, at=at, progress=show)
    except BadLexicon as error:
        raise Refused(f"The coach's file of this page cannot be read: {error}") from None
    finally:
        show.end()


def _scores(history: History, quarter: str | None) -> dict[str, Score]:
    quarters = {key: totals.score(found) for key, found in history.by_quarter().items()}
    if quarter:
        return {key: told for key, told in quarters.items() if key == quarter}
    return {"all": totals.score(history), **quarters}


def _narrowed(history: History, quarter: str | None) -> History:
    return history.by_quarter().get(quarter, history.of(())) if quarter else history


def _print(scored: Score) -> None:
    lines = [telling.said(line, LANGUAGE) for line in scored.lines]
    rows = [(line.name, line.value, str(line.n), line.not_measured, line.world) for line in lines]
    printing.table(("MEASURE", "VALUE", "N", "NOT MEASURED", "OTHERS"), rows)
    for caution in telling.cautions(scored):
        click.echo(caution)


def _of_incident(page: Brand, incident_id: str, *, at: datetime, is_json: bool) -> None:
    card = gathering.card_of(page, incident_id, at=at)
    if card is None:
        raise Refused(f"{page.name} has no incident {incident_id!r}.")
    if is_json:
        printing.facts({"page": page.slug, **facts.of_incident(card, at=at)})
        return
    printing.table(("MEASURE", "VALUE"), list(telling.rows_of(card, LANGUAGE)))
    click.echo()
    lights = [(name, word) for name, word, _light in telling.light_rows(card, at=at)]
    printing.table(("LIGHT", ""), lights)
