"""How every Django form looks: set FORM_RENDERER to `abhiyan.ui.forms.Look`, then `{{ form }}` is whole.

Label, hint, control and error belong together for the ear too: Django 5.2 binds hint and error to the control
by aria-describedby, and the templates here give them the ids it names.
"""

from django.forms.renderers import DjangoTemplates


class Look(DjangoTemplates):
    """Renders forms, fields and formsets with the templates of this room."""

    form_template_name = "ui/_form.html"
    field_template_name = "ui/_form_field.html"
