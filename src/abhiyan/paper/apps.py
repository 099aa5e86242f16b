from django.apps import AppConfig


class PaperConfig(AppConfig):
    """Register the room of paper. Its tables are those of the app `enrolment`, where they were made."""

    name = "abhiyan.paper"
    label = "paper"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.enrolment.rules import paper_forms
        from abhiyan.programmes.news import ItemsErased

        from . import queries
        from .actions import photos
        from .todo import enter_sheets

        paper_forms.register_paper_forms(
            paper_forms.PaperForms(
                queries.claims_of, queries.sheets_kept, queries.SHEETS_TO_ENTER, enter_sheets
            )
        )
        news.subscribe(
            ItemsErased,
            lambda event: photos.hide_photos_of(
                phones=[event.phone_id, *event.former_phone_ids], at=event.at
            ),
        )
