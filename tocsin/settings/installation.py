"""What one installation is told from outside: the environment first, then ``tocsin.toml``."""

import contextlib
import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class BadSetting(ImproperlyConfigured):
    """A setting cannot be used; the message says which, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider by which your own people may come in.

    ``roles`` says what a group gives: (group, ("role" or "role@page", …)) each.
    """

    slug: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    groups_claim: str = "groups"
    verified_claim: str = "email_verified"
    asks_second_factor: bool = False
    roles: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Installation:
    """Every setting that an operator can turn (docs/operating/settings.md lists them)."""

    data_dir: Path
    site_dir: Path
    private_dir: Path
    outbox_dir: Path
    database_url: str
    base_url: str
    secret_key: str
    smtp_url: str | None
    mail_from: str
    metrics_token: str
    place: str
    announce_cutoff_hours: float
    mails_an_hour: int
    breaker_ratio: float
    breaker_minutes: float
    allow_private_targets: bool
    operators_chat: tuple[str, str] | None  # (channel, its room's web address)
    site_twins: tuple[str, ...]
    twin_late_minutes: float
    seen_by: tuple[str, ...]
    seen_within_seconds: float
    api_calls_a_minute: int
    watermark: str
    fenced: bool
    fenced_ports: tuple[int, ...]  # of this machine, those that may be called; none: any
    openid: tuple[Provider, ...]


SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# As in people/models.py, which is not there yet while settings are read; a test compares them.
ROLES = (*("owner", "incident_lead", "responder", "communications", "legal", "security", "reader"),)
CHATS = ("slack", "teams", "discord")
ADDRESS = "address"  # a file in the data directory, written by `tocsin serve`
USUAL = "http://127.0.0.1:8000"


def installation(environ: Mapping[str, str] | None = None) -> Installation:
    """Read the settings, make the data directory, and keep a secret key there if none is told."""
    told = _Told(os.environ if environ is None else environ)
    data_dir = Path(told.text("TOCSIN_DATA_DIR", "data")).absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    return Installation(
        data_dir=data_dir,
        site_dir=Path(told.text("TOCSIN_SITE_DIR", str(data_dir / "site"))).absolute(),
        private_dir=Path(told.text("TOCSIN_PRIVATE_DIR", str(data_dir / "private"))).absolute(),
        outbox_dir=data_dir / "outbox",
        database_url=told.text("TOCSIN_DATABASE_URL", f"sqlite:///{data_dir / 'tocsin.sqlite3'}"),
        base_url=told.text("TOCSIN_BASE_URL", last_served_at(data_dir)).rstrip("/"),
        secret_key=told.text("TOCSIN_SECRET_KEY", "") or kept_secret(data_dir / "secret_key"),
        smtp_url=told.text("TOCSIN_SMTP_URL", "") or None,
        mail_from=told.text("TOCSIN_MAIL_FROM", "status@localhost"),
        metrics_token=told.text("TOCSIN_METRICS_TOKEN", ""),
        place=told.text("TOCSIN_PLACE", "primary"),
        announce_cutoff_hours=told.number("TOCSIN_ANNOUNCE_CUTOFF_HOURS", 6),
        mails_an_hour=int(told.number("TOCSIN_MAILS_AN_HOUR", 20)),
        breaker_ratio=told.number("TOCSIN_BREAKER_RATIO", 3),
        breaker_minutes=told.number("TOCSIN_BREAKER_MINUTES", 10),
        allow_private_targets=told.claim("TOCSIN_ALLOW_PRIVATE_TARGETS"),
        operators_chat=told.chat("TOCSIN_OPERATORS_CHAT"),
        site_twins=_within_the_fence(told.listed("TOCSIN_SITE_TWINS"), told.claim("TOCSIN_FENCED")),
        twin_late_minutes=told.number("TOCSIN_TWIN_LATE_MINUTES", 15),
        seen_by=told.listed("TOCSIN_SEEN_BY"),
        seen_within_seconds=told.number("TOCSIN_SEEN_WITHIN_SECONDS", 60),
        api_calls_a_minute=told.count("TOCSIN_API_CALLS_A_MINUTE", 60),
        watermark=told.text("TOCSIN_WATERMARK", ""),
        fenced=told.claim("TOCSIN_FENCED"),
        fenced_ports=told.ports("TOCSIN_FENCED_PORTS"),
        openid=_providers(told.table("TOCSIN_OPENID")),
    )


class _Told:
    """The environment over ``tocsin.toml`` (in the working directory, or as TOCSIN_CONFIG says)."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        path = Path(environ.get("TOCSIN_CONFIG", "tocsin.toml"))
        try:
            kept = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadSetting(f"{path} cannot be read: {error}. Mend that line.") from error
        self._values = {name: _as_text(value) for name, value in kept.items()} | dict(environ)

    def text(self, name: str, default: str) -> str:
        return self._values.get(name, "").strip() or default

    def chat(self, name: str) -> tuple[str, str] | None:
        said = self.text(name, "")
        channel, _, room = said.partition(" ")
        if said and (channel not in CHATS or not room.strip()):
            example = "slack https://hooks.slack.com/services/…"
            raise BadSetting(f"{name}: say {', '.join(CHATS)} and the webhook, such as {example}")
        return (channel, room.strip()) if said else None

    def claim(self, name: str) -> bool:
        said = self.text(name, "false").lower()
        if said not in ("true", "false", "1", "0", "yes", "no"):
            raise BadSetting(f"{name} is {said!r}; say true or false.")
        return said in ("true", "1", "yes")

    def listed(self, name: str) -> tuple[str, ...]:
        """A list in the file; in the environment, words with spaces or commas between."""
        return tuple(self.text(name, "").replace(",", " ").split())

    def count(self, name: str, default: int) -> int:
        """A whole number from 0 on."""
        said = self.text(name, str(default))
        if not (said.isascii() and said.isdecimal() and len(said) < 10):
            raise BadSetting(f"{name} is {said!r}; a whole number is needed, 0 for none.")
        return int(said)

    def ports(self, name: str) -> tuple[int, ...]:
        """A list of ports."""
        said = self.listed(name)
        if not all(one.isascii() and one.isdecimal() and 0 < int(one) < 65_536 for one in said):
            raise BadSetting(f"{name} is {' '.join(said)!r}; say ports, such as 8000 2525.")
        return tuple(map(int, said))

    def table(self, name: str) -> Mapping[str, object]:
        """A table in the file; in the environment, a JSON object."""
        said = self.text(name, "{}")
        try:
            value = json.loads(said)
        except ValueError as error:
            raise BadSetting(f"{name} cannot be read as JSON: {error}") from error
        if not isinstance(value, dict):
            raise BadSetting(f'{name} is a JSON object, such as {{"acme": {{"issuer": "…"}}}}.')
        return value

    def number(self, name: str, default: float) -> float:
        said = self.text(name, str(default))
        try:
            value = float(said)
        except ValueError as error:
            raise BadSetting(f"{name} is {said!r}; a number is needed.") from error
        if not 0 < value < float("inf"):
            raise BadSetting(f"{name} is {said}; a number above zero is needed.")
        return value


def _within_the_fence(twins: tuple[str, ...], is_fenced: bool) -> tuple[str, ...]:
    if is_fenced and any(twin.startswith("s3:") for twin in twins):
        raise BadSetting("TOCSIN_FENCED: a twin in a bucket is elsewhere. Leave it out.")
    return twins


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _providers(told: Mapping[str, object]) -> tuple[Provider, ...]:
    return tuple(_provider(slug, said) for slug, said in told.items())


TEXTS = ("name", "issuer", "client_id", "client_secret", "groups_claim", "verified_claim")
NEEDED = {"issuer", "client_id", "client_secret"}


def _provider(slug: str, said: object) -> Provider:
    where = f"TOCSIN_OPENID, {slug!r}"
    if not SLUG.fullmatch(slug) or not isinstance(said, dict):
        raise BadSetting(f"{where}: a name of a-z, 0-9 and -, and a table of what it is told.")
    unknown = set(said) - {*TEXTS, "asks_second_factor", "roles"}
    lacking = NEEDED - set(said)
    if unknown or lacking:
        faults = [f"unknown: {', '.join(sorted(unknown))}"] if unknown else []
        faults += [f"missing: {', '.join(sorted(lacking))}"] if lacking else []
        raise BadSetting(f"{where}: {'; '.join(faults)}.")
    texts = {name: said[name] for name in TEXTS if name in said}
    if not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise BadSetting(f"{where}: {', '.join(texts)} are texts, none of them empty.")
    texts["issuer"] = _issuer(where, texts["issuer"])
    asks = said.get("asks_second_factor", False)
    if not isinstance(asks, bool):
        raise BadSetting(f"{where}: asks_second_factor is true or false.")
    roles = _roles(where, said.get("roles", {}))
    return Provider(slug, **{"name": slug, **texts}, asks_second_factor=asks, roles=roles)


def _issuer(where: str, said: str) -> str:
    parts = urlsplit(said)
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or parts.query or not (parts.scheme == "https" or is_here):
        raise BadSetting(f"{where}: the issuer is an https: address, as the provider writes it.")
    return said


def _roles(where: str, said: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(said, dict):
        raise BadSetting(f"{where}: roles is a table, from a group to a role or a list of them.")
    listed = {group: [told] if isinstance(told, str) else told for group, told in said.items()}
    for group, told in listed.items():
        if not isinstance(told, list) or not all(_is_role(one) for one in told):
            raise BadSetting(
                f"{where}: {group!r} gives {', '.join(ROLES)}, each alone or with @page after it."
            )
    return tuple((group, tuple(told)) for group, told in listed.items())


def _is_role(said: object) -> bool:
    role, at, page = str(said).partition("@")
    return role in ROLES and bool(page) == bool(at)


def last_served_at(data_dir: Path) -> str:
    """Where `tocsin serve` said that it answers, so that a shell beside it gives the same links."""
    try:
        return (data_dir / ADDRESS).read_text("utf-8").strip() or USUAL
    except (OSError, UnicodeDecodeError):
        return USUAL


def kept_secret(path: Path) -> str:
    """The installation's own secret, made once; two processes starting together agree on one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _written(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return _written(path)


def keep_private(database: str) -> None:
    """Make a SQLite file that is not there yet, for its owner's eyes alone.

    It holds addresses and sessions; SQLite gives the files beside it the same mode.
    """
    if database.startswith(":memory:"):
        return
    with contextlib.suppress(OSError):  # what cannot be made is SQLite's to say
        os.close(os.open(database, os.O_RDONLY | os.O_CREAT, 0o600))


def _written(path: Path) -> str:
    secret = path.read_text("utf-8").strip()
    if not secret:
        raise BadSetting(f"{path} is empty. Remove it, and start again.")
    return secret
