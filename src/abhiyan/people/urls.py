"""Addresses of signing in and of one's own account."""

from django.urls import path

from .views import account, documents, sign_in

app_name = "people"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/second/", sign_in.second_factor, name="second_factor"),
    path("sign-in/passkey/", sign_in.second_factor_passkey, name="second_factor_passkey"),
    path("sign-in/console/<str:secret>/", sign_in.console, name="console"),
    path("check/<slug:sealed>/", documents.document_check, name="document_check"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", sign_in.language, name="language"),
    path("demo/sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("account/", account.account, name="account"),
    path("account/sessions/end/", account.sessions_end, name="sessions_end"),
    path("account/sessions/<uuid:public_id>/end/", account.session_end, name="session_end"),
    path("account/app/", account.factor_totp, name="factor_totp"),
    path("account/passkey/", account.factor_passkey, name="factor_passkey"),
    path("account/factors/<uuid:public_id>/rename/", account.factor_rename, name="factor_rename"),
    path("account/factors/<uuid:public_id>/remove/", account.factor_remove, name="factor_remove"),
    path("account/recovery-codes/", account.recovery_codes, name="recovery_codes"),
]
