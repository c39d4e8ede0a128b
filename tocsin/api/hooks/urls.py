"""The addresses at which alerts come in."""

from django.urls import path

from tocsin.api.hooks import door

urlpatterns = [
    path("hooks/<str:source>/<str:token>", door.hook),
    # Where a sender has a base address alone, it adds this by itself.
    path("hooks/<str:source>/<str:token>/v2/enqueue", door.hook),
    path("hooks/<path:anything>", door.nothing),
    path("hooks/", door.nothing),
]
