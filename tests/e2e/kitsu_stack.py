"""People of a stack as Kitsu's clients see them."""
import base64
import json

import kitsu_client
from kitsu_client import KitsuClient
from stack import PASSWORD

PATIENT = """
[login_limit]
per_account = 200
per_network = 1000
[password]
hash_wait_ms = 5000
"""
ACCESS_SECONDS = 6  # time for a handful of requests, also on a slow machine
BRIEF = PATIENT + f"[session.kitsu]\naccess_seconds = {ACCESS_SECONDS}\n"
REVOKED = (401, {"msg": "Token has been revoked"})
HEADERS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN",
           "Content-Security-Policy": "frame-ancestors 'self'",
           "Referrer-Policy": "strict-origin-when-cross-origin"}
PERSON = {
    "id", "type", "first_name", "last_name", "full_name", "email", "phone", "country",
    "contract_type", "active", "archived", "last_presence", "desktop_login", "totp_enabled",
    "email_otp_enabled", "fido_enabled", "preferred_two_factor_authentication", "shotgun_id",
    "timezone", "locale", "use_12_hour_clock", "display_date_format", "data", "role", "position",
    "seniority", "daily_salary", "has_avatar", "notifications_enabled",
    "notifications_slack_enabled", "notifications_mattermost_enabled",
    "notifications_discord_enabled", "notifications_slack_userid",
    "notifications_mattermost_userid", "notifications_discord_userid", "is_bot", "is_guest",
    "expiration_date", "is_generated_from_ldap", "ldap_uid", "studio_id", "created_at",
    "updated_at", "departments"}


def host_of(stack):
    return stack.url + "/api"


def email_of(name):
    return f"{name}@example.org"


def signed_in(stack, name, **options):
    """A new person, signed in."""
    stack.register(name)
    client = KitsuClient(host_of(stack), **options)
    client.log_in(email_of(name), PASSWORD)
    return client


def chief_of(stack, sdk=kitsu_client):
    client = sdk.KitsuClient(host_of(stack))
    client.log_in(stack.admin()["email"], stack.admin()["password"])
    return client


def ask(stack, token, path="/api/auth/authenticated", **options):
    """Status and body of a request with that token."""
    answer = stack.get(path, token=token, **options)
    return answer.status_code, answer.json()


def part_of(token, index):
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def claims(token):
    return part_of(token, 1)
