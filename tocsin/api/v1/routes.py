"""The addresses below ``/v1/``; door.py looks them up."""

from django.urls import path

from tocsin.api.v1.surface import api

urlpatterns = [path("", api.urls)]
