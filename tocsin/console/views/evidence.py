"""One incident's evidence, handed out as a file; the act is in the journal with its seal."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from tocsin.console import refusals
from tocsin.console.door import Visit, operators_only
from tocsin.console.views import incident
from tocsin.followup.evidence import bundling


@operators_only
@require_POST
def evidence(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """The bundle as a download: for outsiders, unless what is internal is asked for."""
    visit.incident(incident_id)
    with_internal = request.POST.get("with_internal") == "on"
    # Beside the record, where nobody else of this machine reads.
    with TemporaryDirectory(dir=settings.TOCSIN.data_dir, prefix=".evidence-") as folder:
        try:
            made = bundling.bundle(
                incident_id,
                Path(folder) / "evidence.zip",
                by=visit.by,
                at=visit.at,
                with_internal=with_internal,
            )
        except refusals.REFUSED as error:
            return incident.shown(request, visit, incident_id, error=error)
        kind = "-internal" if with_internal else ""
        name = f"tocsin-evidence-{incident_id}{kind}-{made.seal[:12]}.zip"
        # Open, it is read to its end though its name is gone.
        return FileResponse(made.path.open("rb"), as_attachment=True, filename=name)  # type: ignore[return-value]
