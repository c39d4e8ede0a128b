"""Whether the installation can do its work: each reason why not, in a sentence."""

import json

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor


def reasons() -> dict[str, str]:
    """What is amiss, by the name of the check; empty when everything stands."""
    amiss = _database() or _migrations()
    return amiss | _site()


def _database() -> dict[str, str]:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        # What the driver says may hold a host and a user name; the log has it, strangers don't.
        return {"database": "The database does not answer."}
    return {}


# Set once every migration was seen applied: looking reads every migration file, and what this
# code needs of the tables does not change while it runs.
_seen_applied: set[str] = set()


def _migrations() -> dict[str, str]:
    alias = str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"])
    if alias in _seen_applied:
        return {}
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return {"migrations": "The tables could not be looked at."}
    if not pending:
        _seen_applied.add(alias)
        return {}
    return {"migrations": f"{len(pending)} migrations are to be applied: start `tocsin serve`."}


def _site() -> dict[str, str]:
    site_dir = settings.TOCSIN.site_dir
    try:
        said = json.loads((site_dir / "hosts.json").read_bytes())
        slugs = {said["default"], *said["hosts"].values()} - {""}
        waiting = sorted(slug for slug in slugs if not (site_dir / slug / "live").is_file())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {"site": "No page has been compiled yet: is a worker running?"}
    if not waiting:
        return {}
    return {"site": f"Not compiled yet: {', '.join(waiting)}. Is a worker running?"}
