"""The addresses that machines ask."""

from django.urls import path

from tocsin.api import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
