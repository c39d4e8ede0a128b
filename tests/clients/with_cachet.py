"""One night told with the PyPI package cachet-client, as it is; prints what it read back."""

import json
import sys
from datetime import datetime, timedelta

import cachetclient
from cachetclient.v1 import enums

url, key, now = sys.argv[1:]
at = datetime.fromisoformat(now)  # by the page's clock, as Cachet wants it
client = cachetclient.Client(endpoint=f"{url}/api/v1", api_token=key)
told = {"ping": client.ping(), "version": client.version().value}

# What is run
group = client.component_groups.create(name="Deliveries", collapsed=0, visible=True)
parcels = client.components.create(
    name="Parcel tracking",
    description="Where your parcel is",
    status=enums.COMPONENT_STATUS_OPERATIONAL,
    group_id=group.id,
)
told["group"] = [one.name for one in client.component_groups.get(group.id).enabled_components]
parcels.description = "Where your parcel is, and when it comes"
parcels.status = enums.COMPONENT_STATUS_PERFORMANCE_ISSUES
parcels = parcels.update()
told["component"] = [parcels.description, parcels.status, parcels.status_name]
told["components"] = client.components.count() == len(list(client.components.list(per_page=2)))
parcels.status = enums.COMPONENT_STATUS_OPERATIONAL
parcels.update()

# What goes wrong
incident = client.incidents.create(
    name="Parcels cannot be tracked",
    message="The map of parcels stays empty.",
    status=enums.INCIDENT_INVESTIGATING,
    component_id=parcels.id,
    component_status=enums.COMPONENT_STATUS_MAJOR_OUTAGE,
    occurred_at=at - timedelta(hours=1),
)
told["incident"] = [
    incident.name,
    incident.human_status,
    incident.occurred_at == at - timedelta(hours=1),
]
told["down"] = client.components.get(parcels.id).status_name
client.incident_updates.create(
    incident_id=incident.id,
    status=enums.INCIDENT_IDENTIFIED,
    message="Our map's supplier is down.",
)
incident = client.incidents.get(incident.id)
incident.status = enums.INCIDENT_FIXED
incident.message = "Parcels can be tracked again."
incident = incident.update()
told["fixed"] = [incident.human_status, incident.message]
told["updates"] = [one.human_status for one in incident.updates()]
told["up"] = client.components.get(parcels.id).status_name
told["newest"] = next(client.incidents.list(per_page=5)).name
told["incidents"] = client.incidents.count() == len(list(client.incidents.list(per_page=2)))

# What is measured
metric = client.metrics.create(
    name="Parcels found", description="In a minute", suffix="parcels", display_chart=1
)
point = client.metric_points.create(metric_id=metric.id, value=41.5)
told["metric"] = [metric.name, metric.suffix, point.value, point.metric_id == metric.id]
told["points"] = [one.value for one in client.metrics.get(metric.id).points()]
client.metrics.delete(metric.id)

# Who is told
reader = client.subscribers.create(email="sam@reader.example", verify=True)
told["reader"] = [reader.email, reader.is_global, reader.verified_at is not None]
told["readers"] = [one.email for one in client.subscribers.list()].count("sam@reader.example")
reader.delete()
told["left"] = [one.email for one in client.subscribers.list()].count("sam@reader.example")

# What is planned
work = client.schedules.create(
    name="We move the map",
    message="Parcels cannot be tracked for half an hour.",
    status=enums.SCHEDULE_STATUS_UPCOMING,
    scheduled_at=at + timedelta(days=3),
    completed_at=at + timedelta(days=3, minutes=30),
)
is_kept = work.completed_at == at + timedelta(days=3, minutes=30)
told["work"] = [work.name, work.message, is_kept]
client.schedules.delete(work.id)

parcels.delete()
print(json.dumps(told | {"code": incident.id}))
