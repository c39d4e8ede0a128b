"""Linden's page is kept as a file: shown before it is done, done once, put right by line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.cast import a_page
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tests.test_logos import HEAD
from tocsin.catalogue.weights import Weights
from tocsin.cli.main import main
from tocsin.disclosure.coach.values import Strictness
from tocsin.journal.models import Note
from tocsin.people import keys
from tocsin.statements import manners, policies
from tocsin.watch import hooks

LINDEN = """\
pages:
  - slug: linden
    name: Linden & Sons
    languages: [en, fr, de]
    time_zone: Europe/Paris
    domain: status.linden.example
    contact: help@linden.example
    words:
      fr: {function: la maison, can_do: commander}
    look:
      light: {accent: "#0a3cb0"}
      css: ".brand { letter-spacing: 0.01em }"
      logo: linden.svg
      embed: {position: top-right}
    policy: |
      cadence:
        sev1: {first_notice: 5m}
    components:
      - slug: sign-in
        description: Where you come in.
        start_date: 2026-01-01
      - slug: shop
        name: The shop
        components:
          - slug: payments
            name: Payments
            components:
              - slug: checkout
                words:
                  de: {name: Kasse, function: die Kasse, can_do: bezahlen}
    audiences:
      - {slug: partners, name: Partners, access: named}
    hooks:
      - source: generic
        name: Checks
        rules: ["job=checkout-* -> checkout"]
        group_for: 10m
    keys:
      - {name: Deploys, scope: manage}
    weights: {partial: 0.5}
    shows_score: true
    country: fr
"""


@pytest.fixture
def page(db: None, own_directories: Path) -> Brand:
    (own_directories / "linden.svg").write_text(f"{HEAD}<title>Linden</title></svg>", "utf-8")
    return a_page()


@pytest.fixture
def file(own_directories: Path) -> Path:
    made = own_directories / "pages.yaml"
    made.write_text(LINDEN, "utf-8")
    return made


def run(file: Path, *more: str) -> Result:
    result = CliRunner().invoke(main, ["apply", str(file), *more])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def applied(file: Path, *more: str) -> dict[str, Any]:
    result = run(file, *more, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def changes(told: dict[str, Any]) -> set[str]:
    return {f"{change['sign']} {change['what']}" for change in told["changes"]}


def paths(page: Brand) -> dict[str, str]:
    tree = shelf.components_of(page.id)
    return {n.slug: "/".join(above.slug for above in tree.path_to(n.id)) for n in tree}


def test_a_dry_run_shows_it_and_changes_nothing(page: Brand, file: Path) -> None:
    notes, before = Note.objects.count(), shelf.brand(page.id)

    told = applied(file, "--dry-run")

    assert {
        "~ page linden: name: 'Linden' → 'Linden & Sons'",
        "~ page linden: time_zone: 'Etc/UTC' → 'Europe/Paris'",
        "~ page linden: weights partial: '0.3' → '0.5'",
        "~ page linden: shows_score: 'false' → 'true'",
        "~ page linden: country: '' → 'FR'",
        "+ component linden/payments",
        "~ component linden/checkout: under: 'shop' → 'payments'",
        "+ audience linden/partners",
        "+ hook linden/generic 'Checks'",
        "+ key linden/'Deploys'",
    } <= changes(told)
    assert told["shown"] == []
    assert shelf.brand(page.id) == before
    assert Note.objects.count() == notes
    assert hooks.hooks_of(page.id) == []


def test_it_is_made_so_once(page: Brand, file: Path) -> None:
    told = applied(file)

    kept = shelf.brand("linden")
    assert (kept.id, kept.name, kept.time_zone) == (page.id, "Linden & Sons", "Europe/Paris")
    assert kept.languages == ("en", "fr", "de")
    assert kept.words["fr"].function == "la maison"
    assert kept.look.colours("light")["accent"] == "#0a3cb0"
    assert kept.look.logo is not None
    assert kept.look.embed.position == "top-right"
    assert kept.weights == Weights(partial=500)
    assert kept.shows_score
    assert kept.country == "FR"
    assert paths(page) == {
        "sign-in": "sign-in",
        "shop": "shop",
        "payments": "shop/payments",
        "checkout": "shop/payments/checkout",
        "cart": "shop/cart",
    }
    assert [node.slug for node in shelf.components_of(page.id).roots] == ["sign-in", "shop"]
    assert policies.adopted(page.id).number == 1
    assert [seen.audience for seen in shelf.audiences_of(page.id)] == ["everyone", "partners"]
    assert told["kept"] == ["component linden/cart"]
    assert [line.split(": ")[0] for line in told["shown"]] == [
        "hook linden/generic 'Checks'",
        "key linden/'Deploys'",
    ]
    notes = Note.objects.count()

    again = applied(file)

    assert again["changes"] == []
    assert again["shown"] == []
    assert Note.objects.count() == notes


def test_what_the_file_does_not_name_is_retired_only_when_asked(page: Brand, file: Path) -> None:
    applied(file)
    file.write_text(
        LINDEN.partition("    audiences:")[0] + "    hooks: []\n    keys: []\n", "utf-8"
    )

    kept = applied(file)
    told = applied(file, "--prune")

    assert kept["changes"] == []
    assert len(kept["kept"]) == 3
    assert {change["sign"] for change in told["changes"]} == {"-"}
    assert "cart" not in paths(page)
    assert [door.revoked_at is None for door in hooks.hooks_of(page.id)] == [False]
    assert [key.revoked_at is None for key in keys.keys_of(page.id)] == [False]
    gone = shelf.components_of(page.id, retired=True).find("cart")
    assert gone is not None, "its history stays"
    assert applied(file, "--prune")["changes"] == []


def test_an_empty_installation_becomes_what_the_file_says(db: None, file: Path) -> None:
    text = LINDEN.replace("      logo: linden.svg\n", "")
    file.write_text(text, "utf-8")

    applied(file)

    page = shelf.brand("linden")
    assert list(paths(page)) == ["sign-in", "shop", "payments", "checkout"]
    assert applied(file)["changes"] == []


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("name: Linden & Sons", "nmae: Linden", 3, "has no part “nmae”"),
        ("time_zone: Europe/Paris", "time_zone: Europe/Pariss", 5, "is no time zone"),
        ("slug: linden", "slug: Linden!", 2, "does not do"),
        ("languages: [en, fr, de]", "languages: [en, xx]", 4, "is one of"),
        ("name: The shop", "name: 2026", 23, "Put it in quotes"),
        ("name: The shop", "name:", 23, "is empty"),
        ("slug: payments", "slug: sign-in", 25, "stands in line 19 already"),
        ("start_date: 2026-01-01", "start_date: 2026-02-31", 21, "is no day"),
        ("first_notice: 5m", "first_notice: soon", 15, "soon"),
        ("logo: linden.svg", "logo: nowhere.svg", 13, "cannot be read"),
        ('accent: "#0a3cb0"', "accent: red-ish", 11, "red-ish"),
        ("job=checkout-* -> checkout", "nonsense", 34, ""),
        ("    name: Linden & Sons", "    name: a\n    name: b", 4, "said twice"),
        ("    policy: |", "\t policy: |", 15, "no YAML"),
        ("access: named", "access: public", 32, "is one of"),
        ("scope: manage", "scope: all", 39, "is one of"),
        ("partial: 0.5", "partial: 1.5", 40, "a number from 0 to 1"),
        ("partial: 0.5", "partial: half", 40, "a number from 0 to 1"),
        ("partial: 0.5", "degraded: 0.5", 40, "cannot count for less"),
    ],
)
def test_a_fault_names_its_line_and_nothing_is_done(
    page: Brand, file: Path, old: str, new: str, line: int, why: str
) -> None:
    before, notes = shelf.brand(page.id), Note.objects.count()
    assert old in LINDEN
    file.write_text(LINDEN.replace(old, new, 1), "utf-8")

    for more in ((), ("--dry-run",)):
        result = run(file, *more)

        assert result.exit_code == 1, result.output
        assert f"Line {line}: " in result.stderr
        assert why in result.stderr
    assert shelf.brand(page.id) == before
    assert Note.objects.count() == notes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "pages: linden",
        "pages: [[[]]]",
        "pages: &a [*a]",
        "pages: !!python/object/apply:os.system [ls]",
        "a: &a [x,x]\nb: &b [*a,*a]\npages: [*b, *b]",
        "pages:\n  - slug: a\n  - slug: a",
        "[" * 3000,
        "pages: \x07",
    ],
)
def test_what_is_no_such_file_is_refused(page: Brand, file: Path, text: str) -> None:
    file.write_text(text, "utf-8")

    result = run(file)

    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("Line ")
    assert len(shelf.pages()) == 1


def test_the_schema_is_what_the_file_is_read_by(page: Brand) -> None:
    result = CliRunner().invoke(main, ["apply", "--schema"])

    told = json.loads(result.stdout)
    assert told["required"] == ["pages"]
    assert told["$defs"]["page"]["properties"]["slug"]["maxLength"] == 50


def test_the_manual_shows_a_file_that_can_be_applied(
    db: None, own_directories: Path, file: Path
) -> None:
    manual = Path(__file__).parents[2] / "docs" / "operating" / "configuration-as-code.md"
    shown = manual.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    file.write_text(shown, "utf-8")
    (own_directories / "linden.svg").write_text(f"{HEAD}</svg>", "utf-8")
    (own_directories / "linden.css").write_text(".brand { color: red }", "utf-8")
    (own_directories / "policy.yaml").write_text("nudges: [50, 100]\n", "utf-8")
    (own_directories / "coach.yaml").write_text("readers: developers\n", "utf-8")

    assert applied(file)["changes"]
    assert applied(file)["changes"] == []


def test_how_the_coach_reads_a_page_is_code_too(page: Brand, file: Path) -> None:
    told = "pages:\n  - slug: linden\n    coach: |\n      readers: developers\n"
    file.write_text(told, "utf-8")

    first, again = applied(file), applied(file)

    assert first["changes"] == [{**first["changes"][0], "what": "page linden: coach no. 1"}]
    assert again["changes"] == []
    assert manners.manner_of(page.id).readers == Strictness.DEVELOPERS
    file.write_text(told.replace("developers", "nobody"), "utf-8")
    refused = run(file)
    assert (refused.exit_code, "Line 3: " in refused.stderr) == (1, True)
    assert manners.adopted(page.id).number == 1
