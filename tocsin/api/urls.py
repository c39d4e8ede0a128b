"""The addresses that machines ask."""

from django.urls import path, re_path

from tocsin.api import health
from tocsin.api.cachet.door import cachet
from tocsin.api.v1 import door

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    re_path(r"^api/v1/(?P<rest>(?s:.*))\Z", cachet),
    re_path(r"^v1/(?P<rest>(?s:.*))\Z", door.manage),
]
