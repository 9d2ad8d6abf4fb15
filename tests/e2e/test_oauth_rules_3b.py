"""RFC 7592 and 7591 as rules, each with its number."""
import pytest

from oauth_browser import Browser
from oauth_site import (BACK, CONFIG as SITE, DEVICE, App, Key, is_refused, made_by_admin, register)

CONFIG = SITE
OURS = ("registration_access_token", "registration_client_uri", "client_id_issued_at",
        "client_secret_expires_at")


def kept(told):
    """What a client sends back to have it stay as it is."""
    return {name: value for name, value in told.items() if name not in OURS}


def replaced(app, token=None, **changes):
    body = {**kept(app.told), **changes}
    return app.manage("PUT", token, json={name: value for name, value in body.items()
                                          if value is not ...})


def is_challenged(answer):
    return (answer.status_code == 401
            and answer.headers["WWW-Authenticate"].startswith("Bearer ")
            and answer.headers["Cache-Control"] == "no-store")


def test_3b_1_the_address_is_absolute_and_works_as_it_is(stack):
    app = App.register(stack)
    assert app.told["registration_client_uri"].startswith(stack.url + "/")
    answer = stack.http.get(app.told["registration_client_uri"], headers={
        "Authorization": "Bearer " + app.told["registration_access_token"]})
    assert answer.json()["client_id"] == app.client_id


def test_3b_2_the_registration_token_alone_opens_and_only_its_own_client(stack, ann):
    app, other = App.register(stack), App.register(stack)
    tokens = app.tokens(ann)
    for wrong in (other.told["registration_access_token"], tokens["access_token"],
                  tokens["refresh_token"], stack.admin_token(), "x", ""):
        assert is_challenged(app.manage("GET", wrong or "-")), wrong
    path = app.told["registration_client_uri"].removeprefix(stack.url)
    assert is_challenged(stack.get(path))
    good = app.told["registration_access_token"]
    assert is_challenged(stack.get(path + "?access_token=" + good))
    assert is_challenged(stack.get(path, headers={"Authorization": "Basic " + good}))
    assert is_challenged(stack.get(path, key=good))
    assert app.manage("GET").status_code == 200


def test_3b_2_an_unknown_or_deleted_client_is_401(stack):
    app, gone = App.register(stack), App.register(stack)
    assert gone.manage("DELETE").status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        assert is_challenged(gone.manage(method, json=kept(gone.told) if method == "PUT" else None))
    unknown = "/oauth/register/01890000-0000-7000-8000-000000000000"
    assert is_challenged(stack.get(unknown, token=app.told["registration_access_token"]))
    assert is_challenged(stack.get("/oauth/register/none",
                                   token=app.told["registration_access_token"]))


def test_3b_2_a_client_of_an_administrators_making_is_not_managed_so(stack):
    made = made_by_admin(stack, name="Ours", redirect_uris=[BACK])
    path = "/oauth/register/" + made["client_id"]
    own = App.register(stack).told["registration_access_token"]
    for token in (own, made["client_secret"]):
        assert is_challenged(stack.get(path, token=token))


def test_3b_3_reading_tells_the_present_state_and_ends_no_token(stack):
    app = App.register(stack, client_name="Before")
    token = app.told["registration_access_token"]
    assert [app.manage("GET", token).status_code for _ in range(3)] == [200] * 3
    assert replaced(app, client_name="After").status_code == 200
    shown = app.manage("GET", token)
    assert shown.status_code == 200  # until the new one is used
    told = shown.json()
    assert (told["client_name"], told["client_id"]) == ("After", app.client_id)
    assert told["registration_client_uri"] == app.told["registration_client_uri"]
    assert told["client_id_issued_at"] == app.told["client_id_issued_at"]


def test_3b_4_put_replaces_and_what_is_left_out_is_gone(stack):
    app = App.register(stack, client_uri="https://app.example", contacts=["who@app.example"],
                       scope="posts.read")
    assert replaced(app, client_uri=..., contacts=None, scope="posts.compose").status_code == 200
    told = app.manage("GET").json()
    assert not {"client_uri", "contacts"} & set(told)
    assert told["scope"] == "posts.compose"


@pytest.mark.parametrize("changes", [
    {"client_id": ...}, {"client_id": "another"}, {"client_secret": "chosen-by-the-client"},
    *({name: 0} for name in OURS), {"redirect_uris": []}, {"redirect_uris": ...},
    {"grant_types": ["password"]}, {"token_endpoint_auth_method": "unknown"}])
def test_3b_4_what_put_may_not_hold(stack, changes):
    app = App.register(stack, token_endpoint_auth_method="client_secret_basic")
    answer = replaced(app, **{name: app.told.get(name, value) if name in OURS else value
                              for name, value in changes.items()})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")
    assert kept(app.manage("GET").json()).get("redirect_uris") == [BACK]


def test_3b_4_the_present_secret_may_be_sent_and_stays(stack):
    app = App.register(stack, token_endpoint_auth_method="client_secret_basic")
    assert replaced(app, client_name="Renamed", client_secret=app.secret).status_code == 200
    assert app.introspect("x").status_code == 200


def test_3b_4_becoming_a_client_with_a_secret_gives_one(stack):
    app = App.register(stack)
    told = replaced(app, token_endpoint_auth_method="client_secret_post").json()
    assert told["client_secret"].isalnum() and told["client_secret_expires_at"] == 0
    assert App(stack, told).introspect("x").status_code == 200


def test_3b_5_deleting_ends_all_that_the_client_had(stack, ann):
    app = App.register(stack)
    tokens, waiting = app.tokens(ann), app.answer(ann)
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 200
    answer = app.manage("DELETE")
    assert (answer.status_code, answer.text) == (204, "")
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 401
    assert is_refused(app.refresh(tokens["refresh_token"]), 401, "invalid_client")
    assert is_refused(app.redeem(waiting), 401, "invalid_client")
    assert is_challenged(app.manage("GET"))


def test_3b_6_nothing_of_it_is_stored_on_the_way_and_tokens_are_random(stack):
    apps = [App.register(stack) for _ in range(3)]
    tokens = [app.told["registration_access_token"] for app in apps]
    assert len(set(tokens)) == 3
    assert all(token.startswith("reg_") and len(token) == 47 for token in tokens)
    for answer in (apps[0].manage("GET"), replaced(apps[0]), apps[1].manage("DELETE")):
        assert answer.headers["Cache-Control"] == "no-store"


def test_3b_6_rotation_locks_nobody_out(stack):
    """A PUT brings a new token, and repeated the same one. The one before is good until the new one
    is first shown: a lost answer costs nothing."""
    app = App.register(stack)
    first = app.told["registration_access_token"]
    lost = replaced(app, first).json()["registration_access_token"]
    assert lost != first
    assert replaced(app, first).json()["registration_access_token"] == lost
    assert app.manage("GET", first).status_code == 200
    assert app.manage("GET", lost).status_code == 200
    assert is_challenged(app.manage("GET", first))
    second = replaced(app, lost).json()["registration_access_token"]
    assert second not in (first, lost)
    assert app.manage("GET", second).status_code == 200
    assert is_challenged(app.manage("GET", lost))


def test_3b_7_defaults_are_filled_in_and_told(stack):
    told = stack.post("/oauth/register", {"redirect_uris": [BACK]}).json()
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    assert told["response_types"] == ["code"]
    app = App(stack, told)
    assert app.introspect("x").status_code == 200


@pytest.mark.parametrize("wanted", [
    {"grant_types": ["authorization_code"], "response_types": []},
    {"grant_types": [DEVICE], "response_types": ["code"]},
    {"response_types": ["token"]}, {"response_types": ["code", "token"]}])
def test_3b_7_grant_types_and_response_types_go_together(stack, wanted):
    """What does not fit is refused, or mended and told."""
    answer = register(stack, **wanted)
    if answer.status_code == 201:
        told = answer.json()
        has_code = "authorization_code" in told["grant_types"]
        assert told.get("response_types", []) == (["code"] if has_code else [])
    else:
        assert is_refused(answer, 400, "invalid_client_metadata")


@pytest.mark.parametrize("wanted", [
    {"jwks": {"keys": []}, "jwks_uri": "https://app.example/keys"},
    {"token_endpoint_auth_method": "private_key_jwt"},
    {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "http://app.example/keys"},
    {"jwks": "keys"}, {"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}},
    {"logo_uri": "javascript:alert(1)"}, {"client_uri": "javascript:alert(1)"},
    {"client_uri": 1}, {"client_name": "x" * 2000},
    {"redirect_uris": [f"https://app.example/{n}" for n in range(200)]}])
def test_3b_7_what_does_not_go_together_or_is_too_much(stack, wanted):
    answer = register(stack, **wanted)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")


def test_3b_7_private_parts_of_a_key_are_refused(stack):
    key = Key()
    whole = key.key.as_dict(is_private=True)
    assert is_refused(register(stack, token_endpoint_auth_method="private_key_jwt",
                               jwks={"keys": [whole]}), 400, "invalid_client_metadata")


def test_3b_7_what_a_client_says_of_itself_is_text(stack):
    """And the host that a person is sent to stands beside it."""
    name = "<script>alert(1)</script> \"Official\" & <b>Bank</b>"
    app = App.register(stack, client_name=name, redirect_uris=["https://shady.example/back"])
    stack.register("ida")
    browser = Browser(stack, "ida")
    page = browser.sign_in(browser.open(app.question()))
    assert page.deciding() is not None
    assert name in " ".join(page.text.split())
    assert "<script>alert" not in page.answer.text and "<b>Bank" not in page.answer.text
    assert "shady.example" in page.text
