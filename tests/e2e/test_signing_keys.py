"""Signing keys that change while the service runs."""
import base64
import json


def kid_of(token):
    header = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]


def published(stack):
    return [key["kid"] for key in stack.get("/.well-known/jwks.json").json()["keys"]
            if key["alg"] == "ES256"]


def enter(stack, token):
    """Through every worker that there is, more than once."""
    return {stack.get("/members/", token=token).status_code for _ in range(12)}


def works(stack, token):
    return {stack.get("/auth/v1/me", token=token).status_code for _ in range(12)}


def test_R6_after_an_emergency_nothing_that_was_signed_before_opens_anything(stack):
    ann = stack.register_tokens("ann")
    before = ann["access_token"]
    assert enter(stack, before) == {200} and works(stack, before) == {200}
    done = stack.cli("signing-key", "rotate", "--emergency")
    assert done.returncode == 0, done.stderr
    assert enter(stack, before) == {401} and works(stack, before) == {401}
    fresh = stack.post("/auth/v1/refresh", {"refresh_token": ann["refresh_token"]}).json()
    assert kid_of(fresh["access_token"]) in done.stdout != kid_of(before)
    assert enter(stack, fresh["access_token"]) == {200}
    assert published(stack) == [kid_of(fresh["access_token"])]


def test_an_ordinary_change_is_noticed_by_nobody(stack):
    bob = stack.register("bob")
    done = stack.cli("signing-key", "rotate")
    assert done.returncode == 0, done.stderr
    known = published(stack)
    assert len(known) == 2 and known[0] in done.stdout and known[1] == kid_of(bob)
    assert enter(stack, bob) == {200}
    assert kid_of(stack.login("bob")["access_token"]) == kid_of(bob), "the next one does not sign yet"
    assert stack.cli("signing-key", "rotate").returncode == 1
