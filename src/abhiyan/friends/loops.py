"""Loops of friends and contributors, turned by `abhiyan jobs`."""

from abhiyan.core.loops import Loop

from .actions import certificates, help_offers, organisers

LOOPS = {
    "certificates": Loop(turn=lambda at: certificates.tell_friends(at=at), every_s=60),
    "organisers": Loop(turn=lambda at: organisers.share_friends(at=at), every_s=30),
    "helpers": Loop(turn=lambda at: help_offers.forget_helper_names(at=at), every_s=3600),
}
