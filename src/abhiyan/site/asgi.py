"""ASGI entry: the machine channels' hot path, and Django for everything else."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")

from django.core.asgi import get_asgi_application  # settings come first

application = get_asgi_application()
