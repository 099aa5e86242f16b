"""Addresses of signing in and of one's own account."""

from abhiyan.core.access import DEMO, FINAL, PUBLIC, SIGNED_IN, STRONG, page, visitor

from .views import account, documents, sign_in

app_name = "people"
urlpatterns = [
    page("sign-in/", sign_in.sign_in, opens=PUBLIC, act="one signs out", is_own=True),
    page(
        "sign-in/code/",
        sign_in.sign_in_code,
        opens=visitor("people:sign_in"),
        act="one signs out",
        is_own=True,
    ),
    page("sign-in/second/", sign_in.second_factor, opens=SIGNED_IN, act="one signs out", is_own=True),
    page(
        "sign-in/passkey/", sign_in.second_factor_passkey, opens=SIGNED_IN, act="one signs out", is_own=True
    ),
    page("sign-in/console/<str:secret>/", sign_in.console, opens=PUBLIC, act="one signs out", is_own=True),
    page("check/<slug:sealed>/", documents.document_check, opens=PUBLIC),
    page("sign-out/", sign_in.sign_out, opens=PUBLIC, act="one signs in again", is_own=True),
    page(
        "language/",
        sign_in.choose_language,
        name="language",
        opens=PUBLIC,
        act="is changed back",
        is_own=True,
    ),
    page("demo/sign-in/", sign_in.demo_sign_in, opens=DEMO, act="one signs out", is_own=True),
    page("account/", account.account_page, name="account", opens=STRONG),
    page("account/sessions/end/", account.sessions_end, opens=STRONG, act=FINAL, is_own=True),
    page("account/sessions/<uuid:public_id>/end/", account.session_end, opens=STRONG, act=FINAL),
    page("account/app/", account.factor_totp, opens=SIGNED_IN, act="is removed", is_own=True),
    page("account/passkey/", account.factor_passkey, opens=SIGNED_IN, act="is removed", is_own=True),
    page(
        "account/factors/<uuid:public_id>/rename/",
        account.factor_rename,
        opens=STRONG,
        act="is renamed again",
    ),
    page("account/factors/<uuid:public_id>/remove/", account.factor_remove, opens=STRONG, act=FINAL),
    page("account/recovery-codes/", account.recovery_codes, opens=STRONG, act=FINAL, is_own=True),
]
