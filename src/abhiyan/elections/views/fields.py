"""Form fields several pages share."""

from abhiyan.ui.fields import WholeField

__all__ = ["WholeField"]
