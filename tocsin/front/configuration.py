"""What the front is told by its environment, and nothing else."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tocsin.front.errors import BadConfiguration

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where the files are, where Django is, and every limit (bytes, seconds, counts)."""

    site_dir: Path
    private_dir: Path
    web_url: str
    trusted_proxies: tuple[Network, ...] = ()
    body_bytes: int = 1024 * 1024
    hook_bytes: int = 8 * 1024 * 1024
    body_seconds: float = 20
    connect_seconds: float = 2
    read_seconds: float = 30
    forwards: int = 64
    streams: int = 10_000
    stream_seconds: float = 3600
    keepalive_seconds: float = 15
    pointer_seconds: float = 0.01
    release_seconds: float = 1
    archive_bytes: int = 64 * 1024 * 1024
    watermark: str = ""


def configuration(environ: Mapping[str, str]) -> Configuration:
    """Read the environment; raises BadConfiguration with the setting's name."""
    data_dir = environ.get("TOCSIN_DATA_DIR", "").strip() or "data"
    site_dir = environ.get("TOCSIN_SITE_DIR", "").strip() or str(Path(data_dir) / "site")
    private_dir = environ.get("TOCSIN_PRIVATE_DIR", "").strip() or str(Path(data_dir) / "private")
    return Configuration(
        site_dir=Path(site_dir).absolute(),
        private_dir=Path(private_dir).absolute(),
        web_url=_web_url(environ.get("TOCSIN_WEB_URL", "").strip() or "http://127.0.0.1:8001"),
        trusted_proxies=_networks(environ.get("TOCSIN_TRUSTED_PROXIES", "")),
        body_bytes=int(_number(environ, "TOCSIN_FRONT_BODY_BYTES", 1024 * 1024)),
        hook_bytes=int(_number(environ, "TOCSIN_FRONT_HOOK_BYTES", 8 * 1024 * 1024)),
        body_seconds=_number(environ, "TOCSIN_FRONT_BODY_SECONDS", 20),
        connect_seconds=_number(environ, "TOCSIN_FRONT_CONNECT_SECONDS", 2),
        read_seconds=_number(environ, "TOCSIN_FRONT_READ_SECONDS", 30),
        forwards=int(_number(environ, "TOCSIN_FRONT_FORWARDS", 64)),
        streams=int(_number(environ, "TOCSIN_FRONT_STREAMS", 10_000)),
        stream_seconds=_number(environ, "TOCSIN_FRONT_STREAM_SECONDS", 3600),
        keepalive_seconds=_number(environ, "TOCSIN_FRONT_KEEPALIVE_SECONDS", 15),
        archive_bytes=int(_number(environ, "TOCSIN_FRONT_ARCHIVE_BYTES", 64 * 1024 * 1024)),
        watermark=environ.get("TOCSIN_WATERMARK", "").strip(),
    )


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    said = environ.get(name, "").strip()
    try:
        value = float(said) if said else default
    except ValueError as error:
        raise BadConfiguration(f"{name} is {said!r}; a number is needed.") from error
    if not 0 < value < float("inf"):
        raise BadConfiguration(f"{name} is {said}; a number above zero is needed.")
    return value


def _web_url(said: str) -> str:
    url = urlsplit(said)
    if url.scheme != "http" or not url.hostname or url.path not in ("", "/"):
        raise BadConfiguration(f"TOCSIN_WEB_URL is {said!r}; say http://127.0.0.1:8001.")
    return said.rstrip("/")


def _networks(said: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in said.split(",") if part.strip())
    except ValueError as error:
        raise BadConfiguration(
            f"TOCSIN_TRUSTED_PROXIES is {said!r}; addresses with commas between are needed."
        ) from error
