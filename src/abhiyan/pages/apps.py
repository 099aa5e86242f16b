from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "abhiyan.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from abhiyan.programmes.rules import activities

        activities.register_page_of_drives(
            activities.Page("pages:launch", _("Launch day"), "programmes.run", later=_("Today in the field"))
        )
        activities.register_page_of_launches(
            activities.Page("pages:ready", _("Ready to launch?"), "programmes.run")
        )
