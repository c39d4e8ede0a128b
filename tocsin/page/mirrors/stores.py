"""The two kinds of place that a twin can be, behind one small door. Every call has a timeout."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from tocsin.front.headers import headers_of
from tocsin.page import disk
from tocsin.page.mirrors import Unreachable
from tocsin.page.mirrors.targets import Target

CONNECT, ANSWER = timedelta(seconds=5), timedelta(seconds=20)
TRIES = timedelta(seconds=30)  # all tries of one call together


class Store(Protocol):
    """A place for files by relative path. Raises Unreachable."""

    def held(self) -> dict[str, str]:
        """The MD5 of each file that is there, by path; empty where it cannot be told."""

    def read(self, path: str) -> bytes | None: ...

    def put(self, files: Mapping[str, bytes]) -> None: ...

    def delete(self, paths: Iterable[str]) -> None: ...


def store(target: Target) -> Store:
    return Folder(target.folder) if target.folder else Bucket(target)


def digest(content: bytes) -> str:
    """What S3 calls an object's ETag: it guards against mistakes, not against an enemy."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Folder:
    """A folder of this machine, or one that is mounted from another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def held(self) -> dict[str, str]:
        try:
            paths = (path for path in self._folder.rglob("*") if path.is_file())
            return {
                path.relative_to(self._folder).as_posix(): digest(path.read_bytes())
                for path in paths
            }
        except OSError as error:
            raise Unreachable(_told(error)) from error

    def read(self, path: str) -> bytes | None:
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreachable(_told(error)) from error

    def put(self, files: Mapping[str, bytes]) -> None:
        try:
            disk.replace_all(self._folder, files)
        except OSError as error:
            raise Unreachable(_told(error)) from error

    def delete(self, paths: Iterable[str]) -> None:
        try:
            for path in paths:
                (self._folder / path).unlink(missing_ok=True)
                self._forget_empty((self._folder / path).parent)
        except OSError as error:
            raise Unreachable(_told(error)) from error

    def _forget_empty(self, folder: Path) -> None:
        while folder != self._folder and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


class Bucket:
    """A bucket of S3, or of whatever speaks as S3 does."""

    def __init__(self, target: Target) -> None:
        self._store = S3Store(
            target.bucket,
            prefix=target.prefix or None,
            region=target.region,
            client_options={
                "allow_http": target.endpoint.startswith("http://"),
                "connect_timeout": CONNECT,
                "timeout": ANSWER,
            },
            retry_config={"max_retries": 2, "retry_timeout": TRIES},
            **_access(target),
        )

    def held(self) -> dict[str, str]:
        try:
            return {
                row["path"]: str(row["e_tag"] or "").strip('"')
                for rows in obstore.list(self._store)
                for row in rows
            }
        except (BaseError, OSError) as error:
            raise Unreachable(_told(error)) from error

    def read(self, path: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Unreachable(_told(error)) from error

    def put(self, files: Mapping[str, bytes]) -> None:
        try:
            for path, content in files.items():
                told = dict(headers_of("/" + path, {}))
                attributes: Any = {
                    "Content-Type": told["content-type"],
                    "Cache-Control": told["cache-control"],
                }
                obstore.put(self._store, path, content, attributes=attributes, use_multipart=False)
        except (BaseError, OSError) as error:
            raise Unreachable(_told(error)) from error

    def delete(self, paths: Iterable[str]) -> None:
        try:
            for path in paths:
                obstore.delete(self._store, path)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise Unreachable(_told(error)) from error


def _access(target: Target) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if target.endpoint:
        told["endpoint"] = target.endpoint
    if target.access_key:
        told |= {"access_key_id": target.access_key, "secret_access_key": target.secret_key}
    return told


def _told(error: Exception) -> str:
    """The first line of what went wrong; a client's full account may hold what was signed."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return first[:200]
