# SPDX-License-Identifier: Apache-2.0
"""Addresses of signing in and out, of one's own account, and of everybody's for an administrator."""

from django.urls import path

from callbox.access import (
    account_views,
    directory_views,
    passkey_views,
    people_views,
    set_up_views,
    views,
    widening_views,
)
from callbox.kernel.text import gettext_noop as _
from callbox.web.menu import add_desk

add_desk("people-sign-ins", _("Sign-ins"), action="sign_in.end", rank=90)
add_desk("wider-all", _("Wider access"), action="widening.see", rank=91)

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/second", views.second_factor, name="second-factor"),
    path("sign-in/again", views.prove_again, name="prove-again"),
    path("sign-in/passkey/options", passkey_views.options, name="passkey-options"),
    path("sign-in/passkey", passkey_views.use, name="passkey-use"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("account", account_views.account, name="account"),
    path("account/end", account_views.end_mine, name="end-sign-in"),
    path("account/password", account_views.password, name="own-password"),
    path("account/codes", account_views.codes, name="recovery-codes"),
    path("account/factors", set_up_views.set_up, name="factors-set-up"),
    path("account/factors/remove", account_views.remove, name="factor-remove"),
    path("account/factors/passkey/options", set_up_views.passkey_options, name="passkey-make"),
    path("account/factors/passkey", set_up_views.passkey_add, name="passkey-add"),
    path("people/sign-ins", people_views.people, name="people-sign-ins"),
    path("people/sign-ins/end", people_views.end, name="people-end"),
    path("people/sign-ins/reset", people_views.reset, name="people-reset"),
    path("sign-in/directory", directory_views.begin, name="directory"),
    path("sign-in/directory/back", directory_views.back, name="directory-back"),
    path("wider", widening_views.wider, name="wider"),
    path("wider/end", widening_views.end, name="wider-end"),
    path("wider/all", widening_views.everybody, name="wider-all"),
    path("wider/note", widening_views.note, name="wider-note"),
    path("wider/mark", widening_views.mark, name="wider-mark"),
    path("demo", views.demo, name="demo"),
]
