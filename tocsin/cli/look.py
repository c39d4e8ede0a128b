"""`tocsin page look`: colours that can be read, styles and logos that can do no harm."""

from datetime import UTC, datetime
from typing import IO

import click

from tocsin.catalogue import colours, dressing, shelf
from tocsin.catalogue.look import DARK, LIGHT
from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing
from tocsin.cli.options import words_in

CHOICE = "NAME=#RRGGBB"
LARGEST_READ = 1024 * 1024


class Colour(click.ParamType[tuple[str, str]]):
    """``accent=#0a5cff``; nothing after the sign takes the house's again."""

    name = CHOICE

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        name, equals, told = str(value).partition("=")
        if not equals or name.strip() not in colours.HOUSE[LIGHT]:
            names = ", ".join(colours.HOUSE[LIGHT])
            self.fail(f"{value!r}: say a name of {names}, and a colour: accent=#0a5cff.")
        return name.strip(), told.strip()


@click.command("look")
@click.argument("page_ref", metavar="P")
@click.option("--light", type=Colour(), multiple=True, help="On light paper; may be repeated.")
@click.option("--dark", type=Colour(), multiple=True, help="On dark paper; may be repeated.")
@click.option("--logo", type=click.File("rb"), help="A PNG or an SVG.")
@click.option("--dark-logo", type=click.File("rb"), help="The same for dark paper.")
@click.option("--no-logo", is_flag=True, help="Show the name instead.")
@click.option("--css", type=click.File("rb"), help="Styles of your own; - reads stdin.")
@click.option("--no-css", is_flag=True, help="None of your own.")
@printing.as_json
def page_look(
    page_ref: str,
    light: tuple[tuple[str, str], ...],
    dark: tuple[tuple[str, str], ...],
    logo: IO[bytes] | None,
    dark_logo: IO[bytes] | None,
    no_logo: bool,
    css: IO[bytes] | None,
    no_css: bool,
    is_json: bool,
) -> None:
    """How a page looks; shown, or changed. Every word stays readable, or it is refused."""
    kept, by, at = shelf.brand(page_ref), printing.terminal(), datetime.now(UTC)
    if light or dark or css or no_css:
        told = words_in(css, name="The file of --css") if css else "" if no_css else None
        chosen = {LIGHT: dict(light), DARK: dict(dark)} if light or dark else None
        kept = dressing.dress(kept.id, chosen=chosen, css=told, by=by, at=at)
    for scheme, file in ((LIGHT, logo), (DARK, dark_logo)):
        if no_logo:
            kept = dressing.take_down_logo(kept.id, scheme, by=by, at=at)
        elif file:
            content = file.read(LARGEST_READ)
            kept, left_out = dressing.put_up_logo(kept.id, scheme, content, by=by, at=at)
            if left_out:
                click.echo(f"Left out of the logo: {', '.join(left_out)}.", err=True)
    _show(kept, is_json=is_json)


def _show(kept: Brand, *, is_json: bool) -> None:
    look = kept.look
    told = {
        "page": kept.slug,
        "light": look.colours(LIGHT),
        "dark": look.colours(DARK),
        "logo": look.logo.file if look.logo else None,
        "dark_logo": look.dark_logo.file if look.dark_logo else None,
        "css": look.css,
    }
    if is_json:
        printing.facts(told)
        return
    for scheme in (LIGHT, DARK):
        worn = colours.worn(scheme, look.colours(scheme))
        said = ", ".join(f"{name} {colour}" for name, colour in worn.items())
        click.echo(f"{scheme}: {said}")
    click.echo(f"logo: {told['logo'] or 'none'}; on dark paper: {told['dark_logo'] or 'the same'}")
    click.echo(f"styles of its own: {len(look.css)} characters")
