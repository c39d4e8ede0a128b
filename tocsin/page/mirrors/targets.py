"""What TOCSIN_SITE_TWINS names: a folder, or a bucket and a prefix in it."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tocsin.page.mirrors import BadTarget

MARK = ".tocsin-twin"  # says that what stands beside it is ours
OPTIONS = {"page", "endpoint", "region"}


@dataclass(frozen=True, slots=True)
class Target:
    """One twin. ``page`` is the slug of the page that stands at its root; without one, each public
    page stands in a folder of its own beside ``hosts.json``. ``name`` holds no secret.
    """

    key: str
    name: str
    page: str
    folder: Path | None = None
    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = ""


def target(told: str, environ: Mapping[str, str] = os.environ) -> Target:
    """Read one twin: ``/srv/twin``, ``s3://bucket/prefix?endpoint=…&region=…&page=…``.

    A bucket's keys stand before it (``s3://key:secret@bucket``), else in AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY. Raises BadTarget.
    """
    place, _, query = told.partition("?")
    options = {name: values[-1] for name, values in parse_qs(query).items()}
    if unknown := sorted(set(options) - OPTIONS):
        raise BadTarget(f"A twin has no option {unknown[0]!r}; there are: page, endpoint, region.")
    key = hashlib.sha256(told.encode()).hexdigest()[:32]
    page = options.get("page", "")
    if "://" not in place:
        folder = Path(place).absolute()
        return Target(key, f"{folder}{page and f' ({page})'}", page, folder=folder)
    return _bucket(place, key, page, options, environ)


def _bucket(
    place: str, key: str, page: str, options: Mapping[str, str], environ: Mapping[str, str]
) -> Target:
    url = urlsplit(place)
    if url.scheme != "s3" or not url.hostname:
        raise BadTarget(f"{url.scheme}:// is no twin. Name a folder, or s3://bucket/prefix.")
    endpoint = options.get("endpoint", "") or environ.get("AWS_ENDPOINT_URL", "")
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise BadTarget("A twin's endpoint begins with https:// (or http://).")
    bucket, prefix = url.netloc.rpartition("@")[2], url.path.strip("/")
    shown = f"s3://{bucket}/{prefix}".rstrip("/") + (f" ({page})" if page else "")
    return Target(
        key,
        shown,
        page,
        bucket=bucket,
        prefix=prefix,
        endpoint=endpoint,
        region=options.get("region", "") or environ.get("AWS_REGION", "us-east-1"),
        access_key=unquote(url.username or "") or environ.get("AWS_ACCESS_KEY_ID", ""),
        secret_key=unquote(url.password or "") or environ.get("AWS_SECRET_ACCESS_KEY", ""),
    )
