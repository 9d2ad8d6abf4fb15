"""Keys that change under a client which keeps the published ones for as long as it may, and never asks
because of a key that it does not know. Time goes by in the database, where the keys' times are."""
import pytest
from authlib.jose import JsonWebKey, jwt

from oauth_browser import Browser
from oauth_site import App, configured, header_of
from stack import wait_for

AHEAD, MAX_AGE, STEP = 600, 300, 150
CONFIG = configured(more=f"""
[signing]
publish_ahead_seconds = {AHEAD}
jwks_max_age_seconds = {MAX_AGE}

[session.oauth]
refresh_leeway_seconds = 0
""")
MOVE = """update postern.signing_key set created_at = created_at - %(by)s * interval '1 second',
          sign_after = sign_after - %(by)s * interval '1 second',
          verify_until = verify_until - %(by)s * interval '1 second'"""
SIGNING = """select kid from postern.signing_key where alg = 'ES256' and sign_after <= now()
             and (verify_until is null or verify_until > now()) order by sign_after desc limit 1"""


class Resource:
    """Something elsewhere that checks tokens with published keys."""

    def __init__(self, stack):
        self.stack, self.now, self.fetched, self.asked = stack, 0, None, 0

    def keys(self):
        if self.fetched is None or self.now >= self.fetched + self.max_age:
            answer = self.stack.get("/.well-known/jwks.json")
            self.max_age = int(answer.headers["Cache-Control"].partition("max-age=")[2])
            self.known = {key["kid"]: key for key in answer.json()["keys"]}
            self.fetched, self.asked = self.now, self.asked + 1
        return self.known

    def check(self, token):
        """Fails where the key is not among those it keeps."""
        key = JsonWebKey.import_key(self.keys()[header_of(token)["kid"]])
        jwt.decode(token, key).validate()


@pytest.fixture(scope="module", name="app")
def fixture_app(stack):
    stack.register("ann")
    return App.register(stack)


def pass_time(stack, seconds):
    """Until every worker has read the keys as they are now."""
    stack.sql(MOVE, {"by": seconds})
    stack.sql("update postern.revocation_clock set n = n + 1")
    return stack.sql(SIGNING)[0][0]


def refreshed(app, tokens, kid):
    """New tokens, once the worker that is asked signs with this key."""
    told = [tokens]

    def signs():
        answer = app.refresh(told[0]["refresh_token"])
        assert answer.status_code == 200, answer.text
        told[0] = answer.json()
        return header_of(told[0]["access_token"])["kid"] == kid
    wait_for(signs, 10, "the key that is due")
    return told[0]


def test_a_resource_that_keeps_the_keys_never_fails_through_two_rotations(stack, app):
    resource = Resource(stack)
    tokens = app.tokens(Browser(stack, "ann"), scope="openid posts.read")
    resource.check(tokens["access_token"])
    kids, shown = {header_of(tokens["access_token"])["kid"]}, [tokens["access_token"]]
    for _ in range(2):
        done = stack.cli("signing-key", "rotate")
        assert done.returncode == 0, done.stderr
        for _ in range((AHEAD + MAX_AGE) // STEP):
            kid = pass_time(stack, STEP)
            resource.now += STEP
            tokens = refreshed(app, tokens, kid)
            shown.append(tokens["access_token"])
            kids.add(kid)
            resource.check(tokens["id_token"])
            for token in shown[-7:]:  # as old as they may get
                resource.check(token)
                answer = stack.get("/members/", token=token)
                assert answer.status_code == 200, (shown.index(token), dict(answer.headers))
    assert len(kids) == 3
    assert resource.asked == 1 + 2 * (AHEAD + MAX_AGE) // MAX_AGE


def test_an_emergency_ends_all_tokens_and_nobodys_sign_in(stack, app):
    browser = Browser(stack, "ann")
    tokens = app.tokens(browser)
    native = stack.login("ann")
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 200
    done = stack.cli("signing-key", "rotate", "--emergency")
    assert done.returncode == 0, done.stderr
    for token in (tokens["access_token"], native["access_token"]):
        assert stack.get("/members/", token=token).status_code == 401
    fresh = app.refresh(tokens["refresh_token"]).json()
    assert header_of(fresh["access_token"])["kid"] != header_of(tokens["access_token"])["kid"]
    assert stack.get("/members/", token=fresh["access_token"]).status_code == 200
    published = {key["kid"] for key in stack.get("/.well-known/jwks.json").json()["keys"]}
    assert header_of(tokens["access_token"])["kid"] not in published
    assert header_of(fresh["access_token"])["kid"] in published
    asked = browser.asked("password")
    assert app.tokens(browser)["access_token"]
    assert browser.asked("password") == asked
