from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "abhiyan.targets"
    label = "targets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from abhiyan.core import news
        from abhiyan.programmes.here import register_draft_step
        from abhiyan.programmes.news import ScopeChanged, TotalsMoving
        from abhiyan.units.news import UnitsClosed, UnitsClosing, UnitsOpening
        from abhiyan.units.rules import hanging

        from .actions import closing as target_closing
        from .actions import sums
        from .views.draft_step import TARGET_STEP

        register_draft_step("target", TARGET_STEP)
        news.subscribe(ScopeChanged, lambda scope: sums.settle_scope(changed=scope))
        news.subscribe(TotalsMoving, lambda moving: sums.settle_moved(moved=moving.moved))
        news.subscribe(
            UnitsClosing, lambda closing: target_closing.settle_targets_at_closing(closing=closing)
        )
        news.subscribe(
            UnitsClosed,
            lambda units_closed: sums.settle_closed(units=units_closed.units, at=units_closed.at),
        )
        news.subscribe(
            UnitsOpening, lambda opening: target_closing.restore_targets_from_closing(opening=opening)
        )
        hanging.register(target_closing.THING)
