from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "tocsin.watch"
