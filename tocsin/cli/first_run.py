"""What a fresh installation is given, and what its operator is told first."""

from datetime import datetime

from django.conf import settings


def prepare(*, demo: bool, at: datetime) -> list[str]:
    """Make ready what the first run needs; the lines to print once everything is up."""
    base_url = settings.TOCSIN.base_url
    return [f"The public page:  {base_url}/", f"The console:      {base_url}/console/"]
