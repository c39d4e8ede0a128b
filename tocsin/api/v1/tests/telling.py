"""What machines do in these tests, and what they read back."""

from typing import Any

from tests.machine import Machine


def component(machine: Machine, name: str = "Checkout") -> str:
    return str(next(row["id"] for row in machine.get("components") if row["name"] == name))


def state(machine: Machine, name: str = "Checkout") -> str:
    return str(next(row["status"] for row in machine.get("components") if row["name"] == name))


def opened(machine: Machine, **told: Any) -> dict[str, Any]:
    fields = {"name": "Checkout fails", "body": "Cards are refused."} | told
    made: dict[str, Any] = machine.post("incidents", {"incident": fields})
    return made


def said(machine: Machine, incident: dict[str, Any], **told: Any) -> dict[str, Any]:
    row: dict[str, Any] = machine.patch(f"incidents/{incident['id']}", {"incident": told})
    return row


def newest(row: dict[str, Any]) -> dict[str, Any]:
    update: dict[str, Any] = row["incident_updates"][0]
    return update


def announced(machine: Machine, **told: Any) -> dict[str, Any]:
    fields = {
        "name": "Moving the orders",
        "status": "scheduled",
        "scheduled_for": "2026-11-24T22:00:00Z",
        "scheduled_until": "2026-11-24T23:00:00Z",
        "components": {component(machine): "operational"},
    }
    made: dict[str, Any] = machine.post("incidents", {"incident": fields | told})
    return made
