from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "tocsin.statements"
