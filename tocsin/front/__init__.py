"""Serves the compiled bytes and ``/events``, and forwards the rest.

Knows files, bytes and HTTP. Must never know what an incident is: it imports neither Django nor
anything else of Tocsin, so that it stands when they fall.
"""
