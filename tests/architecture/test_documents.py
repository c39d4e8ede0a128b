"""Documents that name something real: settings, paths, commands."""

import re
from pathlib import Path

from tests.architecture.house import PACKAGE, ROOT, files
from tocsin.channels.registry import CHANNELS
from tocsin.moving.leaving import parts

SETTING = re.compile(r"\bTOCSIN_[A-Z_]+[A-Z]\b")
FROM_PARENT_TO_CHILD = {"TOCSIN_PARENT_PID"}  # between processes of ours; nobody sets it
CITED = re.compile(r"`((?:tocsin|tests|docs|deploy|\.ci)/[\w./-]*)`")
LINKED = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
MAKE = re.compile(r"\bmake ([a-z][a-z-]+)")
SETTINGS_DOCUMENT = ROOT / "docs" / "operating" / "settings.md"


def documents() -> list[Path]:
    return list(files(".md"))


def test_every_setting_is_documented_and_no_other() -> None:
    code = [path for path in files(".py") if path.is_relative_to(PACKAGE)]
    read = {
        name
        for path in code
        if "tests" not in path.parts
        for name in SETTING.findall(path.read_text("utf-8"))
    } - FROM_PARENT_TO_CHILD

    assert set(SETTING.findall(SETTINGS_DOCUMENT.read_text("utf-8"))) == read


def test_every_setting_that_a_document_names_exists() -> None:
    listed = set(SETTING.findall(SETTINGS_DOCUMENT.read_text("utf-8"))) | {"TOCSIN_TEST_DATABASE"}

    unknown = {
        (document.name, name)
        for document in documents()
        for name in SETTING.findall(document.read_text("utf-8"))
        if name not in listed
    }

    assert unknown == set()


def test_every_path_that_a_document_cites_exists() -> None:
    lost = {
        (document.name, cited)
        for document in documents()
        for cited in CITED.findall(document.read_text("utf-8"))
        if not (ROOT / cited).exists()
    }

    assert lost == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    lost = {
        (document.name, target)
        for document in documents()
        for target in LINKED.findall(document.read_text("utf-8"))
        if not (document.parent / target).exists()
    }

    assert lost == set()


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    code = re.compile(r"`[^`\n]+`|^(?: {4}|\t).*$|^```.*?^```", re.M | re.S)

    lost = {
        (document.name, name)
        for document in documents()
        for passage in code.findall(document.read_text("utf-8"))
        for name in MAKE.findall(passage)
        if name not in targets
    }

    assert lost == set()


def test_every_table_that_an_export_holds_is_documented() -> None:
    document = (ROOT / "docs" / "operating" / "leaving.md").read_text("utf-8")

    assert [part.file for part in parts.parts() if f"`{part.file}`" not in document] == []


def test_every_channel_is_documented() -> None:
    document = (ROOT / "docs" / "operating" / "channels.md").read_text("utf-8")

    assert [name for name in CHANNELS if f"| `{name}` |" not in document] == []
