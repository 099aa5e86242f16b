"""A process that reads one part of a paper list: `python -m abhiyan.enrolment.paper.reader`."""

import os


def main() -> None:
    """Django first: what reads knows its models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")
    import django

    django.setup()
    from .reading import carry_out

    carry_out()


if __name__ == "__main__":
    main()
