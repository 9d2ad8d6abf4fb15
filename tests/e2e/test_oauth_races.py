"""The same thing asked sixteen times at once: codes are good once, refresh tokens have one successor,
and nobody gets a server's error."""
import threading
from collections import Counter

import pytest
import requests

from oauth_site import CONFIG as SITE, DEVICE, App, challenge_of, claims_of, is_refused

CONFIG = SITE
AT_ONCE = 16


def at_once(stack, form, path="/oauth/token"):
    """The answers to a form that is posted from sixteen connections, which are open already."""
    barrier, answers = threading.Barrier(AT_ONCE), []

    def post():
        with requests.Session() as http:
            http.trust_env = False
            http.get(stack.url + "/.well-known/jwks.json", timeout=30)
            barrier.wait(30)
            answers.append(http.post(stack.url + path, data=form, timeout=60))
    threads = [threading.Thread(target=post) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == AT_ONCE
    assert max(answer.status_code for answer in answers) < 500
    return answers


@pytest.mark.parametrize("_", range(4))
def test_one_code_is_redeemed_at_most_once(stack, ann, _):
    app = App.register(stack)
    answer = app.answer(ann)
    answers = at_once(stack, {
        "grant_type": "authorization_code", "code": answer.code, "client_id": app.client_id,
        "redirect_uri": app.redirect_uri, "code_verifier": answer.verifier})
    counts = Counter(told.status_code for told in answers)
    assert counts[200] <= 1 and set(counts) <= {200, 400}
    assert all(is_refused(told, 400, "invalid_grant") for told in answers
               if told.status_code != 200)
    # It was used again, so what the first one got is over, and there is nothing else.
    for told in answers:
        if told.status_code == 200:
            token = told.json()["access_token"]
            assert stack.get("/members/", token=token).status_code == 401
    grants = stack.sql("select count(*) from postern.oauth_grant g join postern.oauth_client c"
                       " on c.id = g.client where c.client_id = %s", (app.client_id,))
    assert grants[0][0] <= 1


@pytest.mark.parametrize("_", range(4))
def test_sixteen_refreshes_all_succeed_with_one_successor(stack, ann, _):
    app = App.register(stack)
    tokens = app.tokens(ann)
    answers = at_once(stack, {"grant_type": "refresh_token", "client_id": app.client_id,
                              "refresh_token": tokens["refresh_token"]})
    assert {answer.status_code for answer in answers} == {200}
    told = [answer.json() for answer in answers]
    assert len({each["refresh_token"] for each in told}) == 1
    assert told[0]["refresh_token"] != tokens["refresh_token"]
    assert len({claims_of(each["access_token"])["sid"] for each in told}) == 1
    for each in told[:3]:
        assert stack.get("/members/", token=each["access_token"]).status_code == 200
    assert app.refresh(told[0]["refresh_token"]).status_code == 200


def test_one_device_code_is_redeemed_once(stack, ann):
    app = App.register(stack, grant_types=[DEVICE], redirect_uris=None)
    told = app.post("/oauth/device_authorization", {"scope": "posts.read"}).json()
    page = ann.go(told["verification_uri_complete"])
    assert page.status == 200
    answers = at_once(stack, {"grant_type": DEVICE, "client_id": app.client_id,
                              "device_code": told["device_code"]})
    counts = Counter(answer.status_code for answer in answers)
    assert counts[200] == 1 and set(counts) == {200, 400}


def test_revoked_sixteen_times_at_once(stack, ann):
    app = App.register(stack)
    tokens = app.tokens(ann)
    answers = at_once(stack, {"token": tokens["refresh_token"], "client_id": app.client_id},
                      "/oauth/revoke")
    assert {answer.status_code for answer in answers} == {200}
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 401


def test_one_pushed_request_is_used_once(stack, ann):
    app = App.register(stack)
    pushed = app.post("/oauth/par", {
        "response_type": "code", "redirect_uri": app.redirect_uri, "state": "s",
        "scope": "posts.read", "code_challenge_method": "S256",
        "code_challenge": challenge_of("v" * 43)})
    assert pushed.status_code == 201, pushed.text
    url = (f"{stack.url}/oauth/authorize?client_id={app.client_id}"
           f"&request_uri={pushed.json()['request_uri']}")
    assert ann.go(url).startswith(app.redirect_uri + "?code=")
    again = ann.go(url)
    assert not isinstance(again, str) or "error=" in again
