"""The machines of a drill: they tell what they notice as any source does, over HTTP at their hook.

NotTaken    their alert was not taken in; as every source, they try again
"""

import http.client
import json
from datetime import datetime

from tocsin.journal.actors import Actor
from tocsin.rehearse.drills.sink import LOOPBACK
from tocsin.rehearse.scenario import Alert
from tocsin.watch import hooks
from tocsin.watch.models import Source

NAME = "Drill"
PATIENCE = 10.0  # seconds
JSON = {"Content-Type": "application/json"}


class NotTaken(Exception):
    pass


class Machines:
    """What watches a page: one hook of its own, reached through the front at ``port``."""

    def __init__(self, page_id: str, port: int, *, by: Actor, at: datetime) -> None:
        self._port = port
        self._token = hooks.create(page_id, Source.GENERIC, name=NAME, by=by, at=at)[1]

    def tell(self, alert: Alert) -> None:
        """Post what was noticed. Raises NotTaken."""
        told = {
            "id": alert.title,
            "title": alert.title,
            "status": "resolved" if alert.over else "firing",
            "component_status": alert.state.value,
            "labels": {"component": alert.component},
        }
        line = http.client.HTTPConnection(LOOPBACK, self._port, timeout=PATIENCE)
        try:
            line.request("POST", f"/hooks/generic/{self._token}", json.dumps(told), JSON)
            answer = line.getresponse()
            said = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise NotTaken("Nobody answers at the hook.") from error
        finally:
            line.close()
        if answer.status >= 300:
            raise NotTaken(f"The hook answered {answer.status}: {said[:200]}")
