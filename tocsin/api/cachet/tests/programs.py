"""A program that was made for Cachet: it holds a key, and calls below ``/api/v1/``."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.test import Client

from tests.cast import NOON
from tocsin.api.v1 import limits
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.people import keys
from tocsin.people.models import Scope


@dataclass(frozen=True)
class Program:
    """Without a ``secret`` it shows no key."""

    page: Brand
    secret: str = ""

    def get(self, path: str) -> Any:
        return self.told("GET", path)["data"]

    def post(self, path: str, **told: Any) -> Any:
        return self.told("POST", path, told)["data"]

    def put(self, path: str, **told: Any) -> Any:
        return self.told("PUT", path, told)["data"]

    def delete(self, path: str) -> None:
        response = self.call("DELETE", path)
        assert response.status_code == 204, response.content

    def told(self, method: str, path: str, told: Any = None) -> Any:
        response = self.call(method, path, told)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def refused(self, status: int, method: str, path: str, told: Any = None) -> str:
        """The sentence that a call is refused with."""
        response = self.call(method, path, told)
        assert response.status_code == status, response.content
        (error,) = json.loads(response.content)["errors"]
        assert error["status"] == status
        return str(error["detail"])

    def call(self, method: str, path: str, told: Any = None) -> Any:
        body = told if isinstance(told, bytes) else json.dumps(told).encode() if told else b""
        shown = {"X-Cachet-Token": self.secret} if self.secret else {}
        return Client().generic(
            method, f"/api/v1/{path}", body, content_type="application/json", headers=shown
        )


def a_program(page: Brand, *, scope: Scope = Scope.MANAGE, at: datetime = NOON) -> Program:
    """A program with a key of the page that nobody has called with yet."""
    limits.forget()
    _, secret = keys.create(page.id, scope=scope, by=TERMINAL, at=at)
    return Program(page, secret)
