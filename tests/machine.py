"""A program of somebody's that holds a key: it calls the manage API and reads what it answers."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.cast import NOON
from tocsin.api.v1 import limits
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.people import keys
from tocsin.people.models import Scope


@dataclass(frozen=True)
class Machine:
    """Calls go below ``/v1/pages/<its page>/`` unless they begin with a slash."""

    page: Brand
    secret: str

    def get(self, path: str = "", **headers: str) -> Any:
        return self.read(self.call("GET", path, **headers))

    def post(self, path: str, told: Any, **headers: str) -> Any:
        return self.read(self.call("POST", path, told, **headers), 201)

    def patch(self, path: str, told: Any, **headers: str) -> Any:
        return self.read(self.call("PATCH", path, told, **headers))

    def put(self, path: str, told: Any, **headers: str) -> Any:
        return self.read(self.call("PUT", path, told, **headers))

    def delete(self, path: str, *, status: int = 200) -> Any:
        return self.read(self.call("DELETE", path), status)

    def refused(self, status: int, method: str, path: str, told: Any = None) -> str:
        """The sentence that a call is refused with."""
        response = self.call(method, path, told)
        assert response.status_code == status, response.content
        said = json.loads(response.content)
        assert set(said) == {"error", "message"}
        return str(said["message"])

    def call(self, method: str, path: str, told: Any = None, **headers: str) -> HttpResponse:
        """One call, its body as JSON where it is no text already."""
        body = told if isinstance(told, str | bytes) else json.dumps(told) if told else ""
        kind = headers.pop("content_type", "application/json")
        response: Any = Client().generic(
            method,
            self.address(path),
            body,
            content_type=kind,
            headers={"Authorization": f"OAuth {self.secret}", **headers},
        )
        return response  # type: ignore[no-any-return]

    def address(self, path: str) -> str:
        if path.startswith("/"):
            return path
        return f"/v1/pages/{self.page.id}" + (f"/{path}" if path else "")

    @staticmethod
    def read(response: HttpResponse, status: int = 200) -> Any:
        assert response.status_code == status, response.content
        return json.loads(response.content) if response.content else None


def a_machine(page: Brand, scope: Scope = Scope.MANAGE, *, at: datetime = NOON) -> Machine:
    """A machine with a key of its own, which nobody has counted calls of."""
    limits.forget()
    _, secret = keys.create(page.id, scope=scope, name="deploy", by=TERMINAL, at=at)
    return Machine(page, secret)
