from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "abhiyan.site"
    label = "site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from abhiyan.programmes.rules import activities

        activities.register_page_of_drives(
            activities.Page("site:launch", _("Launch day"), "programmes.run", later=_("Today in the field"))
        )
        activities.register_page_of_launches(
            activities.Page("site:ready", _("Ready to launch?"), "programmes.run")
        )
