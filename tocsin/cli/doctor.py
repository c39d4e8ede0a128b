"""`tocsin doctor`: looks at the installation; each problem comes with its mend.

A problem makes it exit 1; a hint does not.
"""

import json
import os
import socket
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from tocsin.catalogue import shelf
from tocsin.channels import registry
from tocsin.channels.message import BadAddress
from tocsin.cli import printing, sheets
from tocsin.journal import chain
from tocsin.page import address, seen, site, twins
from tocsin.page.mirrors import BadTarget
from tocsin.page.mirrors.targets import target
from tocsin.people import access
from tocsin.settings.installation import Provider
from tocsin.statements import published, shouts
from tocsin.statements.shouted import Unreadable

PATIENCE = 3.0  # seconds for anything on the network
SEALED_WITHIN, LIVE_WITHIN = timedelta(seconds=30), timedelta(seconds=30)
CLOCKS_AGREE = 2.0  # seconds
FREE_BYTES = 500 * 1024 * 1024
LACKING_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``level`` is ok, hint or problem."""

    check: str
    level: str
    told: str
    mend: str = ""


Check = Callable[[], Iterator[Finding]]


@click.command()
@printing.as_json
def doctor(is_json: bool) -> None:
    """Check settings, database, mail, clock and page; each problem with its mend."""
    found = list(_examined())
    if is_json:
        printing.facts(
            {
                "ok": all(finding.level != "problem" for finding in found),
                "checks": [asdict(finding) for finding in found],
            }
        )
    else:
        for finding in found:
            _show(finding)
    if any(finding.level == "problem" for finding in found):
        click.get_current_context().exit(1)


def _show(finding: Finding) -> None:
    mark, colour = {"ok": ("ok", "green"), "hint": ("hint", "yellow")}.get(
        finding.level, ("ILL", "red")
    )
    click.echo(f"{click.style(mark.ljust(5), fg=colour)} {finding.check}: {finding.told}")
    if finding.mend:
        click.echo(f"      {finding.mend}")


def _examined() -> Iterator[Finding]:
    for check in (_files, _database, _mail, _chat):
        yield from check()
    if connection.connection is not None:
        for check in DATABASE_CHECKS:
            yield from _guarded(check)


def _guarded(check: Check) -> Iterator[Finding]:
    """One check that fails must not hide the others."""
    try:
        yield from check()
    except (DatabaseError, ImproperlyConfigured, OSError) as error:
        name = check.__name__.strip("_")
        yield Finding(name, "problem", f"could not be looked at: {error}", "Mend the others first.")


def _files() -> Iterator[Finding]:
    data_dir = settings.TOCSIN.data_dir
    for directory in (data_dir, settings.TOCSIN.site_dir):
        nearest = next(path for path in (directory, *directory.parents) if path.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            mend = f"Let this account write there: chown it, or set another ({directory})."
            yield Finding("files", "problem", f"{directory} cannot be written.", mend)
    yield from _secret(data_dir / "secret_key")
    free = os.statvfs(data_dir).f_bavail * os.statvfs(data_dir).f_frsize
    if free < FREE_BYTES:
        told = f"{free // 1024 // 1024} MiB are left on the disk of {data_dir}."
        yield Finding(
            "files", "problem", told, "Make room: nothing can be published on a full disk."
        )
    else:
        yield Finding("files", "ok", f"{data_dir} can be written, with room to spare.")


def _secret(path: Path) -> Iterator[Finding]:
    if not path.is_file():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        told = f"others on this machine can read {path} ({mode:o})."
        yield Finding("secret key", "problem", told, f"chmod 600 {path}")
    else:
        yield Finding("secret key", "ok", "only this account can read it.")


def _database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        told = f"it does not answer: {str(error).strip().splitlines()[0]}"
        yield Finding("database", "problem", told, "Check TOCSIN_DATABASE_URL and that it runs.")
        connection.close()
        return
    if pending:
        told = f"{len(pending)} migrations are not applied."
        yield Finding("database", "problem", told, "Start `tocsin serve` once: it applies them.")
        connection.close()
        return
    yield Finding("database", "ok", f"{connection.vendor} answers, and its tables stand.")


def _journal_mode() -> Iterator[Finding]:
    """SQLite alone: without WAL, a reader blocks the word that is to be published."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        mode = str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
        whole = str(cursor.execute("PRAGMA quick_check").fetchone()[0])
    if mode != "wal":
        mend = "Keep the database on a local disk: network file systems refuse WAL."
        yield Finding("sqlite", "problem", f"it writes in {mode!r} mode, not WAL.", mend)
    elif whole != "ok":
        yield Finding("sqlite", "problem", f"the file is damaged: {whole}", "Restore a backup.")
    else:
        yield Finding("sqlite", "ok", "it writes in WAL mode, and the file is whole.")


def _clock() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        yield Finding("clock", "ok", f"it is {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC here.")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        apart = abs(float(cursor.fetchone()[0]) - time.time())
    if apart > CLOCKS_AGREE:
        told = f"this machine and the database are {apart:.1f} s apart."
        yield Finding("clock", "problem", told, "Let NTP set both clocks.")
    else:
        yield Finding("clock", "ok", "this machine and the database agree.")


def _mail() -> Iterator[Finding]:
    told = settings.TOCSIN.smtp_url
    if told is None:
        where = f"no relay is set; mail is kept in {settings.TOCSIN.outbox_dir}."
        yield Finding("mail", "hint", where, "Set TOCSIN_SMTP_URL=smtp://user:pass@host:port.")
        return
    url = urlsplit(told)
    port = url.port or (465 if url.scheme == "smtps" else 25)
    try:
        with socket.create_connection((url.hostname or "", port), timeout=PATIENCE):
            yield Finding("mail", "ok", f"{url.hostname}:{port} answers.")
    except OSError as error:
        what = f"{url.hostname}:{port} cannot be reached: {error.strerror or error}."
        yield Finding("mail", "problem", what, "Check TOCSIN_SMTP_URL and the firewall.")


def _chat() -> Iterator[Finding]:
    """The operators' chat, without a message into it: who is called at night should mean it."""
    if settings.TOCSIN.operators_chat is None:
        return
    name, room = settings.TOCSIN.operators_chat
    try:
        registry.channel(name).check_address(room)
        yield Finding("chat", "ok", f"words that are owed are called in by {name}.")
    except BadAddress as error:
        yield Finding("chat", "problem", str(error), "Mend TOCSIN_OPERATORS_CHAT.")


def _providers() -> Iterator[Finding]:
    """By whom people may come in: whether they answer under the name that they were given."""
    here = {page.slug for page in shelf.pages()}
    for provider in settings.TOCSIN.openid:
        check, fault = f"provider {provider.slug}", _fault_of(provider)
        asked = {one.partition("@")[2] for _group, roles in provider.roles for one in roles}
        lacking = ", ".join(sorted(asked - here - {""}))
        if fault:
            yield Finding(check, "problem", fault, "Mend TOCSIN_OPENID; passwords and links work.")
        elif lacking:
            told = f"its groups give roles on pages that are not there: {lacking}."
            yield Finding(check, "hint", told, "Open them, or mend the roles in TOCSIN_OPENID.")
        else:
            yield Finding(check, "ok", f"{provider.issuer} answers, and calls itself so.")


def _fault_of(provider: Provider) -> str:
    url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            named = json.loads(answer.read())["issuer"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{url} does not answer: {getattr(error, 'reason', None) or error}."
    return "" if named == provider.issuer else f"it calls itself {named}, not {provider.issuer}."


def _pages() -> Iterator[Finding]:
    pages = shelf.pages()
    if not any(page.is_default for page in pages):
        yield Finding("pages", "problem", "there is none.", 'Open one: tocsin page add "Linden"')
        return
    for page in pages:
        yield from _words(page)
    if not access.owners():
        mend = "Let one in: tocsin invite you@example.com"
        yield Finding("people", "problem", "nobody owns this installation.", mend)


def _words(page: shelf.Brand) -> Iterator[Finding]:
    lacking = shelf.lacking_words(page)
    if not lacking:
        yield Finding(f"page {page.slug}", "ok", "every component has words for customers.")
        return
    named = ", ".join(f"{node.slug} ({language})" for node, language in lacking[:LACKING_SHOWN])
    more = f" and {len(lacking) - LACKING_SHOWN} more" if len(lacking) > LACKING_SHOWN else ""
    node, language = lacking[0]
    yield Finding(
        f"page {page.slug}",
        "hint",
        f"no words of their own, so the page's stand in: {named}{more}.",
        f"tocsin component words {node.slug} --page {page.slug} --lang {language} "
        '--function "…" --can-do "…"',
    )


def _sheets() -> Iterator[Finding]:
    """Whether a lawyer and an insurer have read the policy lately; no word ever waits for it."""
    for page in shelf.pages():
        told, check = sheets.of(page, at=datetime.now(UTC)), f"sheet {page.slug}"
        mend = f"tocsin policy sheet --page {page.slug}: print it, let it be signed, and record it."
        if told.is_unsigned:
            yield Finding(check, "hint", f"nobody signed policy no. {told.file.number}.", mend)
        for warning in sheets.warnings(page, at=datetime.now(UTC)):
            yield Finding(check, "hint", f"{warning}.", mend)
        if told.earlier and not told.warned_of:
            yield Finding(check, "ok", f"policy no. {told.file.number} is signed.")


def _worker() -> Iterator[Finding]:
    at, behind = datetime.now(UTC), []
    for page in shelf.pages():
        live = site.live(page)
        newest = published.numbered(page.audience_id, after=live.number if live else 0, limit=1)
        if (newest and at - newest[0].published_at > LIVE_WITHIN) or live is None:
            behind.append(page.slug)
    waiting = chain.unsealed()
    mend = "Start one: tocsin worker (tocsin serve brings its own)."
    if behind:
        told = f"what was said is not on the page yet: {', '.join(behind)}."
        yield Finding("worker", "problem", told, mend)
    elif waiting and at - chain.recent(limit=1)[0].at > SEALED_WITHIN:
        yield Finding("worker", "problem", f"{waiting} notes wait to be sealed.", mend)
    else:
        yield Finding("worker", "ok", "every page is up to date.")


def _reachable() -> Iterator[Finding]:
    for page in shelf.pages():
        if page.is_default:
            yield _reached(page)


def _reached(page: shelf.Brand) -> Finding:
    url = f"{address.url_of(page)}/api/v2/summary.json"
    mend = "Start `tocsin serve`, and set TOCSIN_BASE_URL to what readers type."
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            told = json.loads(answer.read())["page"]["id"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        return Finding("reachable", "problem", f"{url} does not answer: {reason}", mend)
    if told != page.id:
        return Finding("reachable", "problem", f"{url} answers with another page.", mend)
    return Finding("reachable", "ok", f"{address.url_of(page)} answers with this page.")


def _copies() -> Iterator[Finding]:
    """The twins, and what was shouted and cannot be taken in."""
    limit, at = timedelta(minutes=settings.TOCSIN.twin_late_minutes), datetime.now(UTC)
    for told in settings.TOCSIN.site_twins:
        try:
            target(told)
        except BadTarget as fault:
            yield Finding("twins", "problem", str(fault), "Mend TOCSIN_SITE_TWINS.")
    for twin in twins.states():
        behind = twin.behind_for(at)
        if behind > limit or twin.trouble:
            lag = f"{int(behind.total_seconds()) // 60} minutes behind. {twin.trouble}".strip()
            mend = "Readers there see old words. Check its address, keys and room."
            yield Finding(f"twin {twin.name}", "problem", lag, mend)
        else:
            yield Finding(f"twin {twin.name}", "ok", "it holds what the page says.")
    for found in shouts.waiting():
        if isinstance(found.shout, Unreadable):
            lost = f"{found.path} cannot be taken in: {found.shout}."
            yield Finding("shouts", "problem", lost, "Mend the file, or take it away.")


def _sights() -> Iterator[Finding]:
    """Whether what was published is found where readers look."""
    within, at = timedelta(seconds=settings.TOCSIN.seen_within_seconds), datetime.now(UTC)
    late = {sight.page_id: sight for sight in seen.late(at, within=within)}
    for page in shelf.pages():
        told, missed = seen.latest(page.id), late.get(page.id)
        if missed:
            reason = f"no. {missed.number} is live, and not found there. {missed.reason}"
            yield Finding(f"seen {page.slug}", "problem", reason, "Look at it from outside.")
        elif told is not None and told.state == seen.UNMEASURED:
            mend = "Set TOCSIN_BASE_URL to what readers type, or TOCSIN_SEEN_BY to a checker's URL."
            yield Finding(f"seen {page.slug}", "hint", f"not measured: {told.reason}", mend)
        elif told is not None and told.took is not None:
            took = told.took.total_seconds()
            yield Finding(f"seen {page.slug}", "ok", f"no. {told.number} after {took:.1f} s.")


DATABASE_CHECKS: tuple[Check, ...] = (
    _journal_mode,
    _clock,
    _pages,
    _providers,
    _sheets,
    _worker,
    _reachable,
    _copies,
    _sights,
)
