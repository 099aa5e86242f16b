from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "abhiyan.ui"
    label = "ui"
