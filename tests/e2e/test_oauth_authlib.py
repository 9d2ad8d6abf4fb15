"""Authlib 1.2, as Debian has it, through nginx: the whole flow, its refusals, and its judgement of our
documents and tokens."""
import secrets
from types import SimpleNamespace

import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken, jwt
from authlib.jose.errors import BadSignatureError, InvalidClaimError
from authlib.oauth2.rfc6749.errors import MissingCodeException
from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata

from oauth_browser import Browser, query_of
from oauth_site import (BACK, CONFIG as SITE, App, account_id, header_of, made_by_admin, members,
                        metadata)

CONFIG = SITE
METHODS = ["none", "client_secret_basic", "client_secret_post"]


def session_of(stack, method="none", scope="openid posts.read", **more):
    app = App.register(stack, token_endpoint_auth_method=method, client_name="Authlib", **more)
    session = OAuth2Session(app.client_id, app.secret, token_endpoint_auth_method=method,
                            revocation_endpoint_auth_method=method, scope=scope,
                            redirect_uri=BACK, code_challenge_method="S256",
                            introspection_endpoint_auth_method=method)
    session.trust_env = False
    return session


def signed_in(stack, session, browser, **more):
    """The tokens, and what belongs to them."""
    about, verifier, nonce = metadata(stack), secrets.token_urlsafe(48), secrets.token_hex(8)
    url, state = session.create_authorization_url(
        about["authorization_endpoint"], code_verifier=verifier, resource=members(stack),
        nonce=nonce, **more)
    back = browser.go(url)
    token = session.fetch_token(about["token_endpoint"], authorization_response=back, state=state,
                                code_verifier=verifier)
    return SimpleNamespace(token=token, nonce=nonce, about=about)


@pytest.mark.parametrize("method", METHODS)
def test_goes_all_the_way(stack, ann, method):
    session = session_of(stack, method, scope="openid posts.read offline_access")
    about = signed_in(stack, session, ann).about
    url = stack.url + "/members/read/page"
    assert "user: ann" in session.get(url).text

    old = dict(session.token)
    fresh = session.refresh_token(about["token_endpoint"], refresh_token=old["refresh_token"])
    assert fresh["access_token"] != old["access_token"]
    assert session.get(url).status_code == 200
    if method != "none":
        told = session.introspect_token(about["introspection_endpoint"],
                                        token=fresh["access_token"])
        assert told.json()["active"] is True
    gone = session.revoke_token(about["revocation_endpoint"], token=fresh["refresh_token"])
    assert gone.status_code == 200
    assert session.get(url).status_code == 401
    with pytest.raises(OAuthError) as refusal:
        session.refresh_token(about["token_endpoint"], refresh_token=fresh["refresh_token"])
    assert refusal.value.error == "invalid_grant"


def test_refreshes_by_itself_when_a_token_is_over(stack, ann):
    session = session_of(stack, scope="posts.read")
    about = signed_in(stack, session, ann).about
    session.metadata["token_endpoint"] = about["token_endpoint"]
    before = session.token["access_token"]
    session.token["expires_at"] = 1
    assert session.get(stack.url + "/members/read/").status_code == 200
    assert session.token["access_token"] != before


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_takes_our_id_tokens(stack, ann, algorithm):
    session = session_of(stack, scope="openid email profile posts.read",
                         id_token_signed_response_alg=algorithm)
    done = signed_in(stack, session, ann)
    assert header_of(done.token["id_token"])["alg"] == algorithm
    keys = JsonWebKey.import_key_set(stack.get("/.well-known/jwks.json").json())
    claims = JsonWebToken([algorithm]).decode(
        done.token["id_token"], keys, claims_cls=CodeIDToken,
        claims_options={"iss": {"essential": True, "value": stack.url}},
        claims_params={"nonce": done.nonce, "client_id": session.client_id,
                       "access_token": done.token["access_token"]})
    claims.validate()
    assert claims["sub"] == account_id(stack, "ann")
    claims.params["nonce"] = "another"
    with pytest.raises(InvalidClaimError):
        claims.validate()
    other = [key for key in keys.keys if key["alg"] != algorithm]
    with pytest.raises((BadSignatureError, ValueError)):
        JsonWebToken([algorithm]).decode(done.token["id_token"], JsonWebKey.import_key_set(
            {"keys": [key.as_dict() for key in other]}))


def test_takes_our_access_tokens_without_any_leeway(stack, ann):
    done = signed_in(stack, session_of(stack), ann)
    keys = JsonWebKey.import_key_set(stack.get("/.well-known/jwks.json").json())
    options = {"iss": {"essential": True, "value": stack.url},
               "aud": {"essential": True, "value": members(stack)}, "exp": {"essential": True}}
    claims = jwt.decode(done.token["access_token"], keys, claims_options=options)
    claims.validate(leeway=0)
    head, body, signature = done.token["access_token"].split(".")
    forged = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    with pytest.raises(BadSignatureError):
        jwt.decode(forged, keys)


def test_judges_our_documents(stack):
    """It demands https, which a site on loopback has not (test_oauth_issuer.py has one)."""
    for path, judge in [("/.well-known/oauth-authorization-server", AuthorizationServerMetadata),
                        ("/.well-known/openid-configuration", OpenIDProviderMetadata)]:
        document = stack.get(path).json()
        judge({name: _with_https(value) for name, value in document.items()}).validate()
        with pytest.raises(ValueError, match="https"):
            judge(document).validate()


def _with_https(value):
    if isinstance(value, list):
        return [_with_https(item) for item in value]
    return value.replace("http://", "https://") if isinstance(value, str) else value


def test_client_credentials(stack, ann):
    made = made_by_admin(stack, name="A machine", grant_types=["client_credentials"],
                         scopes=["posts.read"], account_id=account_id(stack, ann.username))
    session = OAuth2Session(made["client_id"], made["client_secret"], scope="posts.read")
    session.trust_env = False
    session.fetch_token(stack.url + "/oauth/token", grant_type="client_credentials",
                        resource=members(stack))
    assert session.get(stack.url + "/members/read/").status_code == 200


@pytest.mark.parametrize("method", METHODS)
def test_wrong_verifier(stack, ann, method):
    session, about = session_of(stack, method), metadata(stack)
    url, state = session.create_authorization_url(about["authorization_endpoint"],
                                                  code_verifier="v" * 43)
    with pytest.raises(OAuthError) as refusal:
        session.fetch_token(about["token_endpoint"], authorization_response=ann.go(url),
                            state=state, code_verifier="w" * 43)
    assert refusal.value.error == "invalid_grant"


def test_a_person_who_says_no(stack):
    """The library looks for a code alone; the error stands beside it, for whoever uses it."""
    stack.register("noah")
    session = session_of(stack)
    url, state = session.create_authorization_url(metadata(stack)["authorization_endpoint"],
                                                  code_verifier="v" * 43)
    back = Browser(stack, "noah").go(url, "deny")
    assert (query_of(back)["error"], query_of(back)["state"]) == ("access_denied", state)
    with pytest.raises(MissingCodeException):
        parse_authorization_code_response(back, state)


def test_wrong_secret(stack):
    for method in METHODS[1:]:
        session = session_of(stack, method)
        thief = OAuth2Session(session.client_id, "guessed", token_endpoint_auth_method=method)
        thief.trust_env = False
        with pytest.raises(OAuthError) as refusal:
            thief.refresh_token(stack.url + "/oauth/token", refresh_token="prt_anything")
        assert refusal.value.error == "invalid_client"
