"""Titles that an office types for others to read, in one language or in both."""

from collections.abc import Mapping

from django.db import models

from .refusals import Refused
from .words import name_in_language

OTHER_TITLE = "other_title"  # the field of the title in the other language


class TitledModel(models.Model):
    """A row with a typed title. Pages and messages read `title`; acts write the two columns."""

    typed_title = models.TextField(db_column="title")  # as its office typed it
    titles = models.JSONField(default=dict, db_default={})  # language -> title, where it was typed in both

    class Meta:
        abstract = True

    def title_in(self, language: str = "") -> str:
        """Return the title in a language, the one of the page unless another is given. Else it is as typed."""
        return name_in_language(self.titles, language) or self.typed_title

    @property
    def title(self) -> str:
        return self.title_in()


def checked_titles(
    title: str, titles: Mapping[str, str], *, longest: int, refusal: type[Refused]
) -> tuple[str, dict[str, str]]:
    """Return a typed title and its languages, each on one line. Refuses one that is empty or too long, by its field."""

    def line(text: str, field: str) -> str:
        text = " ".join(text.split())
        if not text or len(text) > longest or "\0" in text:
            raise refusal(field=field, longest=longest)
        return text

    return line(title, "title"), {language: line(text, OTHER_TITLE) for language, text in titles.items()}


def title_sql(alias: str) -> str:
    """Return the SQL of the title of a table's alias in the language of the parameter `language`."""
    return f"coalesce({alias}.titles ->> %(language)s, {alias}.title)"


def title_contains(text: str) -> models.Q:
    """Return the condition that a title has a text, in either language."""
    either = models.Q(titles__hi__icontains=text) | models.Q(titles__en__icontains=text)
    return models.Q(typed_title__icontains=text) | either
