"""Several resources of one site: what a client may at one of them, it may not at another that does
not list it (RFC 9068 section 2.2.3), however its token came about."""
import pytest

from oauth_browser import Browser
from oauth_site import App, account_id, claims_of, is_refused, made_by_admin

CONFIG = """
[session.oauth]
access_seconds = 600
idle_seconds = 600
absolute_seconds = 600

[[oauth.resource]]
uri = "@URL@"
name = "The site"
scopes = ["posts.read"]

[[oauth.resource]]
uri = "@URL@/members"
name = "The members' pages"
scopes = ["admin"]

[[gate.rule]]
path = "/staff/**"
allow = "permission:admin"

[[gate.rule]]
path = "/members/**"
allow = "permission:admin"

[[gate.rule]]
path = "/open/**"
allow = "signed_in"
"""


@pytest.fixture(scope="module", name="boss")
def fixture_boss(stack):
    """An administrator, signed in at the pages."""
    stack.register("boss")
    stack.sql("update postern.account set role = 'admin' where username = 'boss'")
    return Browser(stack, "boss")


@pytest.fixture(scope="module", name="places")
def fixture_places(stack):
    return {"site": stack.url, "both": [stack.url, stack.url + "/members"]}


def told(answer):
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert claims_of(body["access_token"]).get("scope", "") == body["scope"]
    return body["scope"].split()


def statuses(stack, token):
    return [stack.get(path, token=token).status_code
            for path in ("/open/", "/staff/", "/members/")]


def test_a_scope_of_another_resource_cannot_be_asked_for(boss, places, app):
    assert app.tokens(boss, resource=places["site"])["scope"] == "posts.read"
    refused = app.answer(boss, scope="admin", resource=places["site"])
    assert refused.query["error"] == "invalid_scope"


def test_a_refresh_for_one_resource_leaves_the_others_scopes_out(stack, boss, places, app):
    tokens = app.tokens(boss, scope="admin openid posts.read", resource=places["both"])
    fresh = app.refresh(tokens["refresh_token"], resource=places["site"])
    assert told(fresh) == ["openid", "posts.read"]
    assert claims_of(fresh.json()["access_token"])["aud"] == places["site"]
    assert statuses(stack, fresh.json()["access_token"]) == [200, 403, 401]
    whole = app.refresh(fresh.json()["refresh_token"])
    assert told(whole) == ["admin", "openid", "posts.read"]
    assert is_refused(app.refresh(whole.json()["refresh_token"], resource=places["site"],
                                  scope="admin"), 400, "invalid_scope")


def test_a_code_for_one_resource_leaves_the_others_scopes_out(stack, boss, places, app):
    answer = app.answer(boss, scope="admin posts.read", resource=places["both"])
    tokens = app.redeem(answer, resource=places["site"])
    assert told(tokens) == ["posts.read"]
    assert statuses(stack, tokens.json()["access_token"]) == [200, 403, 401]


def test_nothing_is_left_and_that_is_told(stack, boss, places, app):
    answer = app.answer(boss, scope="admin", resource=places["both"])
    tokens = app.redeem(answer, resource=places["site"])
    assert told(tokens) == []
    assert statuses(stack, tokens.json()["access_token"]) == [200, 403, 401]


def test_a_token_for_both_is_worth_at_each_what_it_lists(stack, boss, places, app):
    tokens = app.tokens(boss, scope="admin posts.read", resource=places["both"])
    for _ in range(3):  # from the database, then from memory
        assert statuses(stack, tokens["access_token"]) == [200, 403, 200]
    staff = stack.get("/staff/", token=tokens["access_token"])
    challenge = staff.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert f'resource_metadata="{stack.url}/.well-known/oauth-protected-resource"' in challenge
    for path, worth in (("/open/", "posts.read"), ("/members/", "admin")):
        assert f"permissions: {worth}\n" in stack.get(path, token=tokens["access_token"]).text


@pytest.mark.usefixtures("boss")
def test_a_machines_token_for_both_is_worth_at_each_what_it_lists(stack, places):
    made = made_by_admin(stack, name="Backup", grant_types=["client_credentials"],
                         scopes=["admin", "posts.read"], account_id=account_id(stack, "boss"))
    machine = App(stack, {"token_endpoint_auth_method": "client_secret_basic", **made})

    def asked(**wanted):
        return machine.token(grant_type="client_credentials", **wanted)
    both = asked(resource=places["both"])
    assert told(both) == ["admin", "posts.read"]
    assert statuses(stack, both.json()["access_token"]) == [200, 403, 200]
    assert told(asked(resource=places["site"])) == ["posts.read"]
    assert is_refused(asked(resource=places["site"], scope="admin"), 400, "invalid_scope")
    # Grants here end no later than their first token: still one serves several requests.
    sessions = {claims_of(asked().json()["access_token"])["sid"] for _ in range(3)}
    assert sessions == {claims_of(both.json()["access_token"])["sid"]}
