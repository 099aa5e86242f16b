"""Addresses of targets. They lie below those of programmes."""

from abhiyan.core.access import STRONG, capability, page

from .views import expectation, takeover, targets, versions

app_name = "targets"
TARGETS = capability("programmes.targets")
urlpatterns = [
    page("<uuid:public_id>/targets/", targets.unit_targets_page, name="targets", opens=STRONG),
    page("<uuid:public_id>/targets/off/", targets.misfits, opens=STRONG),
    page(
        "<uuid:public_id>/targets/set/",
        targets.set_target_form,
        name="set_target",
        opens=TARGETS,
        act="makes a version; one goes back",
    ),
    page(
        "<uuid:public_id>/targets/expected/",
        expectation.expectation,
        opens=TARGETS,
        act="is set again, or taken back by an empty field",
    ),
    page(
        "<uuid:public_id>/targets/split/",
        targets.split_target_form,
        name="split_target",
        opens=TARGETS,
        act="is looked at first; makes a version",
    ),
    page(
        "<uuid:public_id>/targets/lock/",
        targets.lock_target_form,
        name="lock_target",
        opens=TARGETS,
        act="is unlocked",
    ),
    page("<uuid:public_id>/targets/preview/", targets.split_preview, opens=TARGETS),
    page(
        "<uuid:public_id>/targets/plan/",
        takeover.take_over,
        opens=TARGETS,
        act="is looked at first; makes a version",
    ),
    page("<uuid:public_id>/targets/changes/<uuid:change>/", versions.target_change, opens=STRONG),
    page(
        "<uuid:public_id>/targets/changes/<uuid:change>/progress/",
        versions.target_change_progress,
        opens=STRONG,
    ),
    page("<uuid:public_id>/targets/versions/", versions.target_versions_page, name="versions", opens=STRONG),
    page(
        "<uuid:public_id>/targets/versions/<uuid:version>/",
        versions.target_version_page,
        name="version",
        opens=STRONG,
    ),
    page(
        "<uuid:public_id>/targets/versions/<uuid:version>/back/",
        versions.go_back_page,
        name="go_back",
        opens=TARGETS,
        act="is looked at first; going back is a version too",
    ),
]
