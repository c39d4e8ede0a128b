"""A bucket of S3, or of whatever speaks as S3 does, by the standard library alone.

NotTaken        the bucket did not give or take what it was asked; says why, and no secret
"""

import hashlib
import hmac
import http.client
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from tocsin.page.mirrors.targets import Target

ANSWER = 4.0  # seconds for one step of one request
TRIES = 2
LARGEST = 64 * 1024  # bytes of an answer that are looked at
ALGORITHM = "AWS4-HMAC-SHA256"
_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")


class NotTaken(Exception):
    pass


class Bucket:
    """One bucket and prefix, over one connection that is kept."""

    def __init__(self, target: Target) -> None:
        self._target = target
        told = target.endpoint or f"https://s3.{target.region}.amazonaws.com"
        self._url = urlsplit(told.rstrip("/"))
        self._line: http.client.HTTPConnection | None = None

    def read(self, path: str) -> bytes | None:
        """What stands there; None where nothing does. Raises NotTaken."""
        status, body = self._ask("GET", path)
        return None if status == 404 else self._checked(status, body)

    def put(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        self._checked(*self._ask("PUT", path, body, headers))

    def delete(self, path: str) -> None:
        status, body = self._ask("DELETE", path)
        if status != 404:
            self._checked(status, body)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def _checked(self, status: int, body: bytes) -> bytes:
        if 200 <= status < 300:
            return body
        code = _CODE.search(body)
        raise NotTaken(f"it answered {status}{f' ({code[1].decode()})' if code else ''}.")

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request; tried again on a new connection where the old one broke or failed."""
        trouble = ""
        for _ in range(TRIES):
            try:
                answer = self._once(method, path, body, headers or {})
            except (OSError, http.client.HTTPException) as error:
                trouble = f"{getattr(error, 'strerror', '') or type(error).__name__}."
                self.close()
                continue
            if answer[0] < 500:
                return answer
            trouble = f"it answered {answer[0]}."
        raise NotTaken(trouble)

    def _once(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        parts = (self._url.path.strip("/"), self._target.bucket, self._target.prefix, path)
        place = quote("/" + "/".join(filter(None, parts)), safe="/-_.~")
        told = self._signed(method, place, body, headers, at=datetime.now(UTC))
        line = self._line = self._line or self._opened()
        line.request(method, place, body or None, told)
        answer = line.getresponse()
        return answer.status, answer.read(LARGEST)

    def _opened(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=ANSWER)
        return http.client.HTTPSConnection(host, port, timeout=ANSWER)

    def _signed(
        self, method: str, place: str, body: bytes, headers: Mapping[str, str], *, at: datetime
    ) -> dict[str, str]:
        """The headers with AWS's signature, version 4."""
        told = {
            **headers,
            "host": self._url.netloc.rpartition("@")[2],
            "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-amz-date": f"{at:%Y%m%dT%H%M%SZ}",
        }
        if token := self._token():
            told["x-amz-security-token"] = token
        names = ";".join(sorted(told))
        lines = "".join(f"{name}:{told[name].strip()}\n" for name in sorted(told))
        asked = "\n".join([method, place, "", lines, names, told["x-amz-content-sha256"]])
        scope = f"{at:%Y%m%d}/{self._target.region}/s3/aws4_request"
        digest = hashlib.sha256(asked.encode()).hexdigest()
        signing = "\n".join([ALGORITHM, told["x-amz-date"], scope, digest])
        key = f"AWS4{self._target.secret_key}".encode()
        for part in (*scope.split("/"), signing):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        by = f"Credential={self._target.access_key}/{scope}"
        told["authorization"] = f"{ALGORITHM} {by}, SignedHeaders={names}, Signature={key.hex()}"
        return told

    def _token(self) -> str:
        """What belongs to keys that the environment lends for a while."""
        if self._target.access_key != os.environ.get("AWS_ACCESS_KEY_ID", ""):
            return ""
        return os.environ.get("AWS_SESSION_TOKEN", "")
