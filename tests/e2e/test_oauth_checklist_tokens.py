"""What real clients read of our answers, line by line (test_2d_LINE…), seen through nginx: tokens, and
the resource that they are shown to. The lines before are in test_oauth_checklist.py."""
import time

import pytest

from oauth_site import (CONFIG as SITE, account_id, claims_of, header_of, is_refused, members,
                        not_stored)

CONFIG = SITE


# --- line 6: the token endpoint ---


def test_2d_06_tokens_come_as_json_that_nobody_keeps(ann, app):
    answer = app.redeem(app.answer(ann, scope="openid posts.read offline_access"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert not_stored(answer)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    told = answer.json()
    assert set(told) == {"access_token", "token_type", "expires_in", "scope", "refresh_token",
                         "id_token"}
    assert told["token_type"] == "Bearer"
    assert isinstance(told["expires_in"], int) and told["expires_in"] > 0
    assert set(told["scope"].split()) == {"openid", "posts.read", "offline_access"}
    assert set(app.tokens(ann)) == set(told) - {"id_token"}


def test_2d_06_only_post_with_a_form(stack, app):
    answer = stack.get("/oauth/token")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    body = {"grant_type": "authorization_code", "client_id": app.client_id, "code": "x"}
    assert is_refused(stack.post("/oauth/token", body), 400, "invalid_request")
    assert is_refused(stack.request("POST", "/oauth/token"), 400, "invalid_request")
    assert stack.request("POST", "/oauth/token?grant_type=refresh_token").status_code == 400


@pytest.mark.parametrize("form, error", [
    ({"grant_type": "authorization_code", "code": "x", "code_verifier": "v" * 43}, "invalid_grant"),
    ({"grant_type": "authorization_code", "code_verifier": "v" * 43}, "invalid_request"),
    ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
    ({"grant_type": "refresh_token"}, "invalid_request"),
    ({}, "invalid_request"),
    ({"grant_type": "password", "username": "ann", "password": "p"}, "unsupported_grant_type"),
    ({"grant_type": "implicit"}, "unsupported_grant_type"),
    ({"grant_type": "client_credentials"}, "unauthorized_client")])
def test_2d_06_errors_are_400_without_a_challenge(app, form, error):
    answer = app.token(**form)
    assert is_refused(answer, 400, error), answer.text
    assert "WWW-Authenticate" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_2d_06_wider_scopes_and_targets_are_refused(stack, ann, app):
    token = app.tokens(ann, scope="posts.read")["refresh_token"]
    assert is_refused(app.refresh(token, scope="posts.read posts.compose"), 400, "invalid_scope")
    assert is_refused(app.refresh(token, resource=stack.url + "/staff"), 400, "invalid_target")
    assert app.refresh(token).status_code == 200


def test_2d_06_invalid_client_is_a_challenge_only_where_the_header_was_used(stack, secret_app):
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    by_header = stack.request("POST", "/oauth/token", data=form, auth=(secret_app.client_id, "no"))
    assert is_refused(by_header, 401, "invalid_client")
    assert by_header.headers["WWW-Authenticate"].startswith("Basic realm=")
    wrong = {"client_id": secret_app.client_id, "client_secret": "no"}
    for more in (wrong, {"client_id": secret_app.client_id}, {"client_id": "unknown"}):
        answer = stack.request("POST", "/oauth/token", data={**form, **more})
        assert is_refused(answer, 401, "invalid_client"), answer.text
        assert "WWW-Authenticate" not in answer.headers


# --- lines 7 and 8: revocation and introspection ---


def test_2d_07_revocation_answers_200_for_tokens_that_are_none_of_the_clients(stack, ann, app,
                                                                             secret_app):
    tokens = app.tokens(ann)
    for token in ("unknown", "prt_" + "x" * 62, tokens["access_token"], tokens["refresh_token"]):
        assert secret_app.revoke(token).status_code == 200
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 200
    answer = app.revoke(tokens["access_token"], token_type_hint="unknown_hint")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert stack.get("/members/", token=tokens["access_token"]).status_code == 401
    assert app.revoke(tokens["access_token"]).status_code == 200
    assert is_refused(app.revoke(""), 400, "invalid_request")


def test_2d_07_revocation_by_whoever_cannot_show_who_he_is(stack, secret_app):
    answer = stack.request("POST", "/oauth/revoke", data={"token": "x"},
                           auth=(secret_app.client_id, "no"))
    assert is_refused(answer, 401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_2d_08_introspection_tells_all_of_a_living_token_and_nothing_of_others(stack, ann, app,
                                                                              secret_app):
    tokens = secret_app.tokens(ann, resource=members(stack))
    told = secret_app.introspect(tokens["access_token"]).json()
    claims = claims_of(tokens["access_token"])
    assert told["active"] is True
    for name in ("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti"):
        assert told[name] == claims[name], name
    assert (told["username"], told["token_type"]) == ("ann", "Bearer")
    assert secret_app.introspect(tokens["refresh_token"]).json()["active"] is True
    foreign = app.tokens(ann)["access_token"]
    forged = tokens["access_token"][:-4] + "AAAA"
    for token in ("unknown", "", foreign, forged, tokens.get("id_token", "eyJ")):
        answer = secret_app.introspect(token)
        if token:
            assert (answer.status_code, answer.json()) == (200, {"active": False})
        else:
            assert is_refused(answer, 400, "invalid_request")
    assert secret_app.revoke(tokens["refresh_token"]).status_code == 200
    assert secret_app.introspect(tokens["access_token"]).json() == {"active": False}


def test_2d_08_introspection_is_for_clients_that_show_who_they_are(stack, app):
    assert is_refused(app.introspect("x"), 401, "invalid_client")
    assert is_refused(stack.request("POST", "/oauth/introspect", data={"token": "x"}), 401,
                      "invalid_client")


# --- line 9: access tokens ---


def test_2d_09_access_tokens_are_of_rfc_9068(stack, ann, app):
    token = app.tokens(ann, scope="openid posts.read", resource=members(stack))["access_token"]
    header, claims = header_of(token), claims_of(token)
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    assert header["kid"]
    assert (claims["iss"], claims["aud"]) == (stack.url, members(stack))
    assert (claims["sub"], claims["client_id"]) == (account_id(stack, "ann"), app.client_id)
    assert claims["iat"] <= time.time() < claims["exp"]
    assert claims["nbf"] <= claims["iat"] - 60
    assert set(claims["scope"].split()) == {"openid", "posts.read"}
    assert isinstance(claims["auth_time"], int)
    assert {"jti", "sid"} <= set(claims)
    again = claims_of(app.tokens(ann, resource=members(stack))["access_token"])
    assert (again["jti"], again["sid"]) != (claims["jti"], claims["sid"])


# --- line 10: the resource ---


def test_2d_10_the_gate_names_the_way_to_the_issuer(stack):
    answer = stack.get("/members/read/page")
    assert answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer realm=")
    leads_to = stack.url + "/.well-known/oauth-protected-resource/members"
    assert f'resource_metadata="{leads_to}"' in challenge
    assert 'scope="posts.read"' in challenge
    assert "error=" not in challenge
    bad = stack.get("/members/read/page", token="eyJ.eyJ.x").headers["WWW-Authenticate"]
    assert bad.startswith("Bearer ") and 'error="invalid_token"' in bad
    assert "resource_metadata=" in bad and "error_description=" in bad


def test_2d_10_the_gate_names_what_is_lacking(stack, ann, app):
    token = app.tokens(ann, scope="posts.read", resource=members(stack))["access_token"]
    answer = stack.get("/members/compose/page", token=token)
    assert answer.status_code == 403
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith("Bearer ") and 'error="insufficient_scope"' in challenge
    assert 'scope="posts.compose posts.read"' in challenge  # with what the token has already
