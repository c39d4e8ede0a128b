"""After which incidents something was promised in public. Others know it by ``published``."""

from tocsin.statements.models import Thread


def promising_ids(audience_id: str) -> list[str]:
    """The ids of incidents after which something was promised in public, in any order."""
    told = Thread.objects.filter(audience_id=audience_id, has_promises=True)
    return list(told.values_list("incident_id", flat=True))
