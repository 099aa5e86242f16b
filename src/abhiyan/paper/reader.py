"""A process that reads one part of a paper list: `python -m abhiyan.paper.reader`."""

import gc
import os


def main() -> None:
    """Set up Django first: what reads knows its models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")
    import django

    django.setup()
    from .apart import carry_out_order

    # Rows come and go by the hundred thousand and hold no circles: looking for some takes a third of the reading.
    gc.collect()
    gc.freeze()
    gc.set_threshold(500_000)
    carry_out_order()


if __name__ == "__main__":
    main()
