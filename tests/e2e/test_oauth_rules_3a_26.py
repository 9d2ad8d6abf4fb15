"""Rule 26: DPoP (RFC 9449) with all its checks, through nginx."""
import json
import time

from oauth_site import CONFIG as SITE, Key, claims_of, is_refused

CONFIG = SITE


def test_3a_26_a_bound_token_is_good_with_its_proof_alone(stack, ann, app):
    key, now, url = Key(), time.time(), stack.url + "/members/read/page"
    proof = key.proof("POST", stack.url + "/oauth/token", now)
    tokens = app.redeem(app.answer(ann), headers={"DPoP": proof}).json()
    assert tokens["token_type"] == "DPoP"
    token = tokens["access_token"]
    assert claims_of(token)["cnf"] == {"jkt": key.thumbprint()}

    def asked(proof, scheme="DPoP"):
        headers = {"Authorization": f"{scheme} {token}", "DPoP": proof}
        return stack.get("/members/read/page", headers=headers).status_code
    assert asked(key.proof("GET", url, now, token)) == 200
    once = key.proof("GET", url, now, token)
    assert [asked(once), asked(once)] == [200, 401]
    assert stack.get("/members/read/page", token=token).status_code == 401
    wrong = {
        "another key": Key().proof("GET", url, now, token),
        "bearer": key.proof("GET", url, now, token),
        "method": key.proof("POST", url, now, token),
        "address": key.proof("GET", url + "x", now, token),
        "no ath": key.proof("GET", url, now),
        "ath of another": key.proof("GET", url, now, token + "x"),
        "old": key.proof("GET", url, now - 600, token),
        "of the future": key.proof("GET", url, now + 600, token),
        "no jti": key.proof("GET", url, now, token, jti=None),
        "type": key.proof("GET", url, now, token, header={"typ": "JWT"}),
        "with its private key": key.proof("GET", url, now, token,
                                          header={"jwk": json.loads(key.key.as_json(True))}),
        "none at all": "", "no JWT": "x"}
    for why, proof in wrong.items():
        assert asked(proof, "Bearer" if why == "bearer" else "DPoP") == 401, why
    challenge = stack.get("/members/read/page", headers={"Authorization": f"DPoP {token}"})
    assert "DPoP" in challenge.headers["WWW-Authenticate"]


def test_3a_26_refresh_tokens_of_public_clients_are_bound_introspection_and_revocation_work(
        stack, ann, app):
    key, now = Key(), time.time()
    at = stack.url + "/oauth/token"
    tokens = app.redeem(app.answer(ann), headers={"DPoP": key.proof("POST", at, now)}).json()
    assert is_refused(app.refresh(tokens["refresh_token"]), 400, "invalid_grant")
    assert is_refused(app.refresh(tokens["refresh_token"],
                                  {"DPoP": Key().proof("POST", at, now)}), 400, "invalid_grant")
    assert is_refused(app.refresh(tokens["refresh_token"], {"DPoP": "x"}), 400,
                      "invalid_dpop_proof")
    fresh = app.refresh(tokens["refresh_token"], {"DPoP": key.proof("POST", at, now)}).json()
    assert fresh["token_type"] == "DPoP"
    assert app.revoke(fresh["access_token"]).status_code == 200
    url = stack.url + "/members/"
    headers = {"Authorization": f"DPoP {fresh['access_token']}",
               "DPoP": key.proof("GET", url, now, fresh["access_token"])}
    assert stack.get("/members/", headers=headers).status_code == 401


def test_3a_26_a_code_is_bound_to_the_key_that_the_request_named(stack, ann, app):
    key, now, at = Key(), time.time(), stack.url + "/oauth/token"
    answer = app.answer(ann, dpop_jkt=key.thumbprint())
    other = app.redeem(answer, headers={"DPoP": Key().proof("POST", at, now)})
    assert other.status_code == 400 and other.json()["error"] in ("invalid_grant",
                                                                  "invalid_dpop_proof")
    assert app.redeem(answer).status_code == 400
    bound = app.answer(ann, dpop_jkt=key.thumbprint())
    assert app.redeem(bound, headers={"DPoP": key.proof("POST", at, now)}).status_code == 200


def test_3a_26_a_secret_clients_bound_token_is_told_of_by_introspection(stack, ann, secret_app):
    key, at = Key(), stack.url + "/oauth/token"
    proof = key.proof("POST", at, time.time())
    tokens = secret_app.redeem(secret_app.answer(ann), headers={"DPoP": proof}).json()
    told = secret_app.introspect(tokens["access_token"]).json()
    assert (told["active"], told["cnf"]) == (True, {"jkt": key.thumbprint()})
    assert told["token_type"] == "DPoP"


def test_3a_26_a_key_that_authlib_writes_without_its_leading_zeros_is_taken(stack, ann, secret_app):
    key = Key()
    while len(key.public["x"]) == 43:
        key = Key()
    proof = key.proof("POST", stack.url + "/oauth/token", time.time())
    answer = secret_app.redeem(secret_app.answer(ann), headers={"DPoP": proof})
    assert answer.status_code == 200, answer.text
    told = secret_app.introspect(answer.json()["access_token"]).json()
    assert told["cnf"] == {"jkt": key.thumbprint()}
