"""openid-client 6 through nginx: all that it can do of what we have, and how it sees our refusals."""
import pytest

from oauth_browser import Browser
from oauth_node import Library, Refused
from oauth_site import (BACK, CONFIG as SITE, DEVICE, account_id, claims_of, header_of,
                        made_by_admin, members)

CONFIG = SITE
METHODS = {"none": "none", "basic": "client_secret_basic", "post": "client_secret_post"}


@pytest.fixture(scope="module", name="node")
def fixture_node():
    library = Library("openid_client")
    yield library
    library.close()


def registered(node, stack, how="none", **more):
    metadata = {"client_name": "openid-client", "redirect_uris": [BACK],
                "grant_types": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_method": METHODS.get(how, how), **more.pop("metadata", {})}
    return node("register", server=stack.url, metadata=metadata, authenticate=how, **more)


def tokens_of(node, stack, browser, app, scope="openid posts.read offline_access", **more):
    parameters = {"scope": scope, "resource": members(stack), **more.pop("parameters", {})}
    return node("authorize", browser.go, id=app["id"], redirectUri=BACK, parameters=parameters,
                **more)


def refused(node, step, browse=None, **options):
    with pytest.raises(Refused) as refusal:
        node(step, browse, **options)
    return refusal.value


@pytest.mark.parametrize("algorithm", ["oidc", "oauth2"])
def test_discovers(node, stack, algorithm):
    found = node("discover", server=stack.url, clientId="any", algorithm=algorithm,
                 authenticate="none")
    assert found["server"]["issuer"] == stack.url
    assert found["server"]["token_endpoint"] == stack.url + "/oauth/token"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_takes_id_tokens_of_the_algorithm_that_it_registered(node, stack, ann, algorithm):
    app = registered(node, stack, metadata={"id_token_signed_response_alg": algorithm})
    assert app["client"]["id_token_signed_response_alg"] == algorithm
    tokens = tokens_of(node, stack, ann, app)
    assert header_of(tokens["id_token"])["alg"] == algorithm
    assert tokens["claims"]["sub"] == account_id(stack, "ann")


@pytest.mark.parametrize("how", METHODS)
def test_goes_all_the_way(node, stack, ann, how):
    app = registered(node, stack, how)
    assert ("client_secret" in app["client"]) == (how != "none")
    tokens = tokens_of(node, stack, ann, app)
    assert tokens["token_type"] == "bearer"
    assert set(tokens["scope"].split()) == {"openid", "posts.read", "offline_access"}
    assert tokens["claims"]["sub"] == account_id(stack, "ann")

    url = stack.url + "/members/read/page"
    seen = node("fetch", id=app["id"], token=tokens["access_token"], url=url)
    assert (seen["status"], "user: ann" in seen["text"]) == (200, True)
    person = node("userinfo", id=app["id"], token=tokens["access_token"],
                  subject=tokens["claims"]["sub"])
    assert person["sub"] == tokens["claims"]["sub"]

    fresh = node("refresh", id=app["id"], token=tokens["refresh_token"])
    assert fresh["access_token"] != tokens["access_token"]
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert node("fetch", id=app["id"], token=fresh["access_token"], url=url)["status"] == 200

    if how != "none":
        told = node("introspect", id=app["id"], token=fresh["access_token"])
        assert (told["active"], told["client_id"]) == (True, app["client"]["client_id"])
    node("revoke", id=app["id"], token=fresh["refresh_token"])
    if how != "none":
        assert node("introspect", id=app["id"], token=fresh["access_token"]) == {"active": False}
    over = refused(node, "fetch", id=app["id"], token=fresh["access_token"], url=url)
    assert (over.name, over.status) == ("WWWAuthenticateChallengeError", 401)
    assert over.challenges[0]["scheme"] == "bearer"
    assert over.challenges[0]["parameters"]["error"] == "invalid_token"
    dead = refused(node, "refresh", id=app["id"], token=fresh["refresh_token"])
    assert (dead.name, dead.status, dead.error) == ("ResponseBodyError", 400, "invalid_grant")


def test_its_own_choice_of_authentication_is_taken_whatever_was_registered(node, stack, ann):
    """It sends client_secret_post where nothing is said, the standard's default being basic."""
    app = registered(node, stack, "client_secret_basic")
    assert tokens_of(node, stack, ann, app)["access_token"]


def test_pushed_request(node, stack, ann):
    app = registered(node, stack, "basic")
    tokens = tokens_of(node, stack, ann, app, pushed=True)
    assert tokens["claims"]["aud"] == app["client"]["client_id"]


def test_device(node, stack, ann):
    app = registered(node, stack, "none", metadata={"grant_types": [DEVICE, "refresh_token"],
                                                    "redirect_uris": []})

    def let_in(url):
        page = ann.go(url)
        assert page.status == 200, page.text
        return BACK
    tokens = node("device", let_in, id=app["id"],
                  parameters={"scope": "posts.read", "resource": members(stack)})
    assert len(tokens["begun"]["user_code"].replace("-", "")) == 8
    assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 200


def test_device_that_is_refused(node, stack, ann):
    app = registered(node, stack, "none", metadata={"grant_types": [DEVICE], "redirect_uris": []})

    def refuse(url):
        ann.go(url, decision="deny")
        return BACK
    refusal = refused(node, "device", refuse, id=app["id"], parameters={"scope": "posts.read"})
    assert (refusal.name, refusal.error) == ("ResponseBodyError", "access_denied")


def test_client_credentials(node, stack):
    made = made_by_admin(stack, name="A machine", grant_types=["client_credentials"],
                         scopes=["posts.read"], account_id=account_id(stack, "ann"))
    app = node("discover", server=stack.url, clientId=made["client_id"], authenticate="basic",
               secret=made["client_secret"], metadata={"client_secret": made["client_secret"]})
    tokens = node("clientCredentials", id=app["id"], parameters={"resource": members(stack)})
    assert claims_of(tokens["access_token"])["sub"] == "client:" + made["client_id"]
    assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 200
    wide = refused(node, "clientCredentials", id=app["id"], parameters={"scope": "admin"})
    assert (wide.status, wide.error) == (400, "invalid_scope")


def test_private_key_jwt(node, stack, ann):
    public = node("makeKeys")
    metadata = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [public]}}
    app = registered(node, stack, "key", metadata=metadata)
    tokens = tokens_of(node, stack, ann, app)
    fresh = node("refresh", id=app["id"], token=tokens["refresh_token"])
    assert node("introspect", id=app["id"], token=fresh["access_token"])["active"] is True
    node("makeKeys")  # another key than the registered one
    stranger = node("discover", server=stack.url, clientId=app["client"]["client_id"],
                    authenticate="key")
    no = refused(node, "refresh", id=stranger["id"], token=fresh["refresh_token"])
    assert (no.name, no.status, no.error) == ("ResponseBodyError", 401, "invalid_client")


def test_dpop(node, stack, ann):
    node("makeKeys")
    app = registered(node, stack, "none", metadata={"dpop_bound_access_tokens": True})
    tokens = tokens_of(node, stack, ann, app, dpop=True)
    assert tokens["token_type"] == "dpop"
    url = stack.url + "/members/read/page"
    seen = node("fetch", id=app["id"], token=tokens["access_token"], url=url, dpop=True)
    assert (seen["status"], "user: ann" in seen["text"]) == (200, True)
    assert node("userinfo", id=app["id"], token=tokens["access_token"], dpop=True)["sub"]
    fresh = node("refresh", id=app["id"], token=tokens["refresh_token"], dpop=True)
    bearer = refused(node, "fetch", id=app["id"], token=fresh["access_token"], url=url)
    assert (bearer.name, bearer.status) == ("WWWAuthenticateChallengeError", 401)
    node("makeKeys")  # somebody who stole both tokens, but not the key
    assert refused(node, "fetch", id=app["id"], token=fresh["access_token"], url=url,
                   dpop=True).status == 401
    assert refused(node, "refresh", id=app["id"], token=fresh["refresh_token"],
                   dpop=True).error == "invalid_grant"


def test_signing_out(node, stack, ann):
    back = "https://app.example/bye"
    app = registered(node, stack, "none", metadata={"post_logout_redirect_uris": [back]})
    tokens = tokens_of(node, stack, ann, app, scope="openid posts.read")
    url = node("endSessionUrl", id=app["id"], parameters={
        "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": back, "state": "s"})
    place = ann.open(url)
    if not isinstance(place, str):  # whoever is signed in is asked first
        place = ann.submit(place, place.forms[0], **dict(place.forms[0].buttons[:1]))
    assert place == back + "?state=s"
    assert stack.get("/members/read/", token=tokens["access_token"]).status_code == 401


# --- refusals ---


def test_what_cannot_be_registered(node, stack):
    wrong = refused(node, "register", server=stack.url, authenticate="none",
                    metadata={"redirect_uris": ["http://app.example/plain"],
                              "token_endpoint_auth_method": "none"})
    assert (wrong.name, wrong.status, wrong.error) == (
        "ResponseBodyError", 400, "invalid_redirect_uri")


def test_a_person_who_says_no(node, stack):
    stack.register("noah")
    app = registered(node, stack)
    browser = Browser(stack, "noah")
    no = refused(node, "authorize", lambda url: browser.go(url, "deny"), id=app["id"],
                 redirectUri=BACK, parameters={"scope": "posts.read"})
    assert (no.name, no.error) == ("AuthorizationResponseError", "access_denied")


def test_prompt_none_is_answered_where_somebody_has_consented(node, stack, ann):
    app = registered(node, stack)
    tokens_of(node, stack, ann, app)
    asked = {"id": app["id"], "redirectUri": BACK,
             "parameters": {"scope": "openid posts.read", "prompt": "none",
                            "resource": members(stack)}}
    assert node("authorize", ann.go, **asked)["claims"]["sub"]


def test_an_id_token_hint_is_answered_for_its_person_alone(node, stack, ann):
    app = registered(node, stack)
    hint = tokens_of(node, stack, ann, app)["id_token"]
    asked = {"id": app["id"], "redirectUri": BACK,
             "parameters": {"scope": "openid posts.read", "prompt": "none", "id_token_hint": hint,
                            "resource": members(stack)}}
    assert node("authorize", ann.go, **asked)["claims"]["sub"] == account_id(stack, "ann")
    stack.register("berta")
    berta = Browser(stack, "berta")
    tokens_of(node, stack, berta, app)
    assert refused(node, "authorize", berta.go, **asked).error == "login_required"


def test_an_answer_of_another_issuer_is_not_ours(node, stack, ann):
    """The iss of RFC 9207 is in every answer: the library refuses a changed one."""
    app = registered(node, stack)
    mixed = refused(node, "authorize", lambda url: ann.go(url).replace("iss=http", "iss=https"),
                    id=app["id"], redirectUri=BACK, parameters={"scope": "posts.read"})
    assert mixed.code == "OAUTH_INVALID_RESPONSE"
    bare = refused(node, "authorize", lambda url: ann.go(url).replace("iss=", "x="),
                   id=app["id"], redirectUri=BACK, parameters={"scope": "posts.read"})
    assert bare.code == "OAUTH_INVALID_RESPONSE"


@pytest.mark.parametrize("how", METHODS)
def test_wrong_verifier(node, stack, ann, how):
    app = registered(node, stack, how)
    wrong = refused(node, "authorize", ann.go, id=app["id"], redirectUri=BACK, wrongVerifier=True,
                    parameters={"scope": "posts.read"})
    assert (wrong.name, wrong.status, wrong.error) == ("ResponseBodyError", 400, "invalid_grant")


def test_wrong_secret_by_header_is_a_challenge_and_by_body_an_error(node, stack):
    app = registered(node, stack, "basic")
    for how, name in [("basic", "WWWAuthenticateChallengeError"), ("post", "ResponseBodyError")]:
        thief = node("discover", server=stack.url, clientId=app["client"]["client_id"],
                     authenticate=how, secret="guessed", metadata={"client_secret": "guessed"})
        no = refused(node, "refresh", id=thief["id"], token="prt_anything")
        assert (no.name, no.status) == (name, 401)
        if how == "post":
            assert no.error == "invalid_client"


def test_a_scope_that_the_token_lacks(node, stack, ann):
    app = registered(node, stack)
    tokens = tokens_of(node, stack, ann, app, scope="posts.read")
    no = refused(node, "fetch", id=app["id"], token=tokens["access_token"],
                 url=stack.url + "/members/compose/page")
    assert (no.name, no.status) == ("WWWAuthenticateChallengeError", 403)
    said = no.challenges[0]["parameters"]
    assert (said["error"], said["scope"]) == ("insufficient_scope", "posts.compose posts.read")


def test_another_resource(node, stack, ann):
    app = registered(node, stack)
    tokens = tokens_of(node, stack, ann, app, parameters={
        "resource": "https://elsewhere.example/api"})
    no = refused(node, "fetch", id=app["id"], token=tokens["access_token"],
                 url=stack.url + "/members/read/page")
    assert (no.name, no.status) == ("WWWAuthenticateChallengeError", 401)
    unknown = refused(node, "authorize", ann.go, id=app["id"], redirectUri=BACK,
                      parameters={"scope": "posts.read", "resource": "https://unknown.example"})
    assert (unknown.name, unknown.error) == ("AuthorizationResponseError", "invalid_target")
