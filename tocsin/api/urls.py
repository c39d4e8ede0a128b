"""The addresses that machines ask."""

from django.urls import path, re_path

from tocsin.api import health
from tocsin.api.hooks import door as hooks
from tocsin.api.v1 import door

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    re_path(r"^v1/(?P<rest>.*)$", door.manage),
    path("hooks/<str:source>/<str:token>", hooks.hook),
    # Where a sender has a base address alone, it adds this by itself.
    path("hooks/<str:source>/<str:token>/v2/enqueue", hooks.hook),
    path("hooks/<path:anything>", hooks.nothing),
]
