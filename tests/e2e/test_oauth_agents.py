"""What agent clients do, step by step, with the habits of those that are out there."""
import pytest

import oauth_agent
from oauth_site import BACK, CONFIG as SITE, ELSEWHERE, App, claims_of, members, register

CONFIG = SITE


def test_from_a_refusal_to_a_working_token(stack, ann):
    """All that it knows is an address that answered 401."""
    url = stack.url + "/members/read/tool"
    challenge = oauth_agent.read_challenge(stack.get("/members/read/tool"))
    resource = oauth_agent.find_resource(stack.http, url, challenge)
    about = oauth_agent.find_issuer(stack.http, resource["authorization_servers"][0])
    told = stack.http.post(about["registration_endpoint"], json={
        "client_name": "An agent", "redirect_uris": ["http://localhost:33418/callback"],
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "token_endpoint_auth_method": "none", "scope": challenge["scope"],
        "application_type": "native"})
    assert told.status_code == 201
    app = App(stack, told.json())
    scope = challenge["scope"]
    if "offline_access" in about["scopes_supported"]:
        scope += " offline_access"
    tokens = app.tokens(ann, scope=scope, resource=resource["resource"], prompt="consent")
    assert tokens["scope"] == challenge["scope"]  # it registered for no more than that
    assert stack.get("/members/read/tool", token=tokens["access_token"]).status_code == 200
    fresh = app.refresh(tokens["refresh_token"], resource=resource["resource"]).json()
    assert stack.get("/members/read/tool", token=fresh["access_token"]).status_code == 200


def test_the_documents_of_a_resource_are_found_without_a_challenge(stack):
    for path in ("/members", "/members/"):
        told = oauth_agent.find_resource(stack.http, stack.url + path, {})
        assert told["resource"] == members(stack)
        assert told["authorization_servers"] == [stack.url]
        assert set(told["scopes_supported"]) == {"posts.read", "posts.compose", "clients.manage"}
        assert told["bearer_methods_supported"] == ["header"]
        assert None not in told.values()


def test_a_step_up_is_told_all_scopes_that_are_needed(stack, ann):
    app = App.register(stack)
    token = app.tokens(ann, scope="posts.read", resource=members(stack))["access_token"]
    answer = stack.get("/members/compose/x", token=token)
    challenge = oauth_agent.read_challenge(answer)
    assert (answer.status_code, challenge["error"]) == (403, "insufficient_scope")
    more = f"posts.read {challenge['scope']}"
    wide = app.tokens(ann, scope=more, resource=members(stack))["access_token"]
    assert stack.get("/members/compose/x", token=wide).status_code == 200
    assert stack.get("/members/read/x", token=wide).status_code == 200


def test_no_resource_named_is_the_first_one(stack, ann):
    tokens = App.register(stack).tokens(ann)
    assert claims_of(tokens["access_token"])["aud"] == members(stack)


def test_a_slash_at_the_end_of_a_resource_means_nothing(stack, ann):
    app = App.register(stack)
    tokens = app.tokens(ann, resource=members(stack) + "/")
    assert claims_of(tokens["access_token"])["aud"] == members(stack)
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 200
    assert app.refresh(tokens["refresh_token"], resource=members(stack) + "/").status_code == 200
    assert app.refresh(tokens["refresh_token"], resource=ELSEWHERE).status_code == 400


@pytest.mark.parametrize("registered, used", [
    ("http://localhost/callback", "http://localhost:61234/callback"),
    ("http://127.0.0.1/callback", "http://127.0.0.1:61234/callback"),
    ("http://127.0.0.1:6274/oauth/callback", "http://127.0.0.1:6275/oauth/callback")])
def test_native_apps_listen_at_whatever_port_is_free(stack, ann, registered, used):
    app = App.register(stack, redirect_uris=[registered], application_type="native")
    app.redirect_uri = used
    answer = app.answer(ann)
    assert answer.url.startswith(used + "?")
    assert app.redeem(answer).status_code == 200


def test_a_registration_as_agents_make_it_comes_back_readable(stack):
    """No null, no empty address, the scope one text, numbers as numbers."""
    told = register(stack, client_uri=None, logo_uri="", tos_uri="", contacts=None,
                    scope="posts.read").json()
    assert None not in told.values()
    assert isinstance(told["scope"], str) and isinstance(told["client_id_issued_at"], int)
    assert told["redirect_uris"] == [BACK]
    assert told.get("client_uri", "https://") and "" not in (told.get("logo_uri"),
                                                             told.get("tos_uri"))


def test_registering_again_on_each_connection_is_no_flood(stack):
    """Some agents do; a site's address is shared by many of them."""
    names = {"client_name": "Always new", "redirect_uris": ["https://agents.example/back"]}
    for _ in range(30):
        assert register(stack, **names).status_code == 201
    rows = stack.sql("select count(*) from postern.oauth_client where name = 'Always new'")
    assert rows[0][0] <= 1000


def test_errors_are_readable_whatever_is_sent(stack):
    for form in ({}, {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "gone"},
                 {"grant_type": "authorization_code"}):
        answer = stack.request("POST", "/oauth/token", data=form)
        body = answer.json()
        assert isinstance(body["error"], str)
        assert body.get("error_description", "") is not None


def test_a_client_that_is_gone_is_told_so_that_it_registers_again(stack, ann):
    app = App.register(stack)
    tokens = app.tokens(ann)
    assert app.manage("DELETE").status_code == 204
    answer = app.refresh(tokens["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_token_works_at_once_and_a_refresh_right_after_the_exchange_too(stack, ann):
    for _ in range(5):
        app = App.register(stack)
        tokens = app.tokens(ann)
        assert stack.get("/members/", token=tokens["access_token"]).status_code == 200
        fresh = app.refresh(tokens["refresh_token"]).json()
        assert stack.get("/members/", token=fresh["access_token"]).status_code == 200


def test_the_challenge_has_bearer_first_for_every_kind_of_refusal(stack):
    for options in ({}, {"token": "eyJ.x.y"}, {"token": "pst_" + "x" * 51}, {"key": "x"},
                    {"headers": {"Authorization": "DPoP x"}}):
        answer = stack.get("/members/read/x", **options)
        assert answer.status_code == 401
        told = oauth_agent.read_challenge(answer)
        assert told["resource_metadata"].startswith(stack.url)
