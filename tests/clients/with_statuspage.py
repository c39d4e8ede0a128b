"""One night told with the PyPI package transity-statuspageio, as it is; prints what it read."""

import json
import sys
import time

import statuspageio
from statuspageio.errors import RequestError, ResourceError

url, key, page_id = sys.argv[1:]
client = statuspageio.Client(api_key=key, page_id=page_id, organization_id="linden")
client.config.base_url = url
told = {"page": client.pages.get().name}

made = client.components.create(name="Wish list", description="For later", status="operational")
told["made"] = [made.name, made.status]
changed = client.components.update(made.id, status="degraded_performance")
told["changed"] = changed.status
client.components.update(made.id, status="operational")
told["listed"] = "Wish list" in [one.name for one in client.components.list()]

incident = client.incidents.create(
    name="Wish lists are empty",
    status="investigating",
    body="Wish lists show nothing.",
    component_ids=[made.id],
    components={made.id: "partial_outage"},
)
told["incident"] = [incident.name, incident.status, incident.impact]
told["unresolved"] = incident.id in [one.id for one in client.incidents.list_unresolved()]
updated = client.incidents.update(
    incident.id,
    status="resolved",
    message="Wish lists are back.",  # the older name of body
    components={made.id: "operational"},
)
told["updates"] = [[one.status, one.body] for one in updated.incident_updates]
told["newest"] = client.incidents.list()[0].name

reader = client.subscribers.create(email="bao@reader.example", skip_confirmation_notification=True)
told["reader"] = reader.email
told["readers"] = "bao@reader.example" in [one.email for one in client.subscribers.list()]
client.subscribers.delete(reader.id)
told["left"] = "bao@reader.example" not in [one.email for one in client.subscribers.list()]

# Nothing of this client links a source of metrics: that is done once, by hand.
linking = f"/pages/{page_id}/metrics_providers.json"
if not client.metrics.list_linked():
    client.http_client.post(linking, container="metrics_provider", body={"type": "Self"})
(source,) = client.metrics.list_linked()
metric = client.metrics.create(source.id, name="Wishes", suffix="a minute")
point = client.metrics.submit_data(metric.id, timestamp=int(time.time()), value=12.5)
told["metric"] = [metric.name, point.data.value]
client.metrics.delete_all_data(metric.id)
client.metrics.delete(metric.id)

try:
    client.incidents.create(name="x" * 300, status="investigating")
except ResourceError as error:
    told["refused"] = error.http_status
client.components.delete(made.id)
client.config.api_key = "wrong"
try:
    client.pages.get()
except RequestError as error:
    told["stranger"] = error.http_status
print(json.dumps(told | {"id": incident.id}))
