"""Sign-in at a real OpenID provider, end to end: through nginx, several workers and PostgreSQL."""
import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
import requests

from oidc_provider import (COMPANY_AND_STRICT, SECRET, Browser, query_of, site_with_provider,
                           with_query)
from stack import free_port

APP = "https://app.example/in/"
DONE = "https://app.example/done"

CONFIG = """
[server.api]
workers = 2

[sso]
return_urls = "https://app.example/in/ https://app.example/done"
sign_ins_per_minute = 0

[scriptix]
redirect_uris = "https://scripts.example/back"
microsoft_provider = "company"
""" + COMPANY_AND_STRICT + """
[[sso.provider]]
name = "down"
issuer = "http://127.0.0.1:{closed}"
client_id = "postern"

[[sso.provider]]
name = "hanging"
issuer = "http://127.0.0.1:{hanging}"
client_id = "postern"
"""


@pytest.fixture(scope="module", name="hanging")
def fixture_hanging():
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module", name="site")
def fixture_site(hanging):
    """Postern, and a provider that it knows."""
    with site_with_provider(CONFIG, "company", "strict", closed=free_port(),
                            hanging=hanging) as running:
        yield running


@pytest.fixture(name="browser")
def fixture_browser(site):
    site.front.reset()
    return Browser(site.stack)


def me(site, tokens):
    answer = site.stack.get("/auth/v1/me", token=tokens["access_token"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def why(site):
    """What the log says of the last refusal."""
    return [entry["why"] for entry in site.stack.log_entries()
            if entry.get("event") == "sso_refused"][-1]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(token):
    head, claims, _ = token.split(".")
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims)]


def swap_id_token(site, change):
    """The front answers the token endpoint with change(id_token) instead."""
    def tell(path, status, _headers, body):
        if path != "/token" or status != 200:
            return body
        answer = json.loads(body)
        answer["id_token"] = change(answer["id_token"])
        return json.dumps(answer).encode()
    site.front.tell = tell


# --- what works ----------------------------------------------------------------------------------

def test_providers_are_listed_without_secrets(site):
    answer = site.stack.get("/auth/v1/sso")
    assert answer.status_code == 200
    assert answer.json()["items"][0] == {"name": "company", "title": "The company"}
    assert SECRET not in answer.text


def test_the_configuration_is_shown_without_secrets(site):
    for words in (("config", "show"), ("config", "show", "--json")):
        shown = site.stack.cli(*words)
        assert shown.returncode == 0, shown.stderr
        assert SECRET not in shown.stdout and "********" in shown.stdout
        assert site.front.url in shown.stdout


def test_a_first_sign_in_makes_an_account_and_the_second_finds_it(site, browser):
    brought = browser.sign_in("company", APP + "x", "ann", state="mine & yours")
    assert set(brought) == {"code", "state"} and brought["state"] == "mine & yours"
    first = browser.redeem(brought["code"])
    assert first.status_code == 200, first.text
    account = me(site, first.json())
    assert (account["username"], account["email"]) == ("ann", "ann@example.org")
    assert site.stack.get("/members/", token=first.json()["access_token"]).status_code == 200

    second = Browser(site.stack)
    again = second.redeem(second.sign_in("company", DONE, "ann")["code"]).json()
    assert site.stack.sql("select count(*) from postern.account where username = 'ann'") == [(1,)]
    identities = site.stack.get("/auth/v1/me/identities", token=again["access_token"]).json()
    assert [(item["provider"], item["subject"]) for item in identities["items"]] == [
        (site.front.url, "ann")]


def test_a_confirmed_address_joins_the_account_that_has_it(site, browser):
    site.stack.register("lena")
    site.stack.sql("update postern.account set email = 'lena@example.org',"
                   " email_key = 'lena@example.org', email_verified = true"
                   " where username = 'lena'")
    tokens = browser.redeem(browser.sign_in("company", DONE, "lena")["code"]).json()
    assert site.stack.sql(
        "select count(*) from postern.account where username like 'lena%%'") == [(1,)]
    gone = site.stack.request(
        "DELETE", "/auth/v1/me/identities", token=tokens["access_token"],
        params={"provider": site.front.url, "subject": "lena"})
    assert gone.status_code == 204, gone.text


def test_an_unconfirmed_address_is_nobodys(site, browser):
    tokens = browser.redeem(browser.sign_in("company", DONE, "unconfirmed-bob")["code"]).json()
    rows = site.stack.sql("select email from postern.account where username = 'unconfirmed-bob'")
    assert rows == [(None,)] and tokens["access_token"]


def test_es256_and_a_public_client_and_no_account_for_strangers(browser):
    brought = browser.sign_in("strict", DONE, "stranger")
    refused = browser.redeem(brought["code"])
    assert (refused.status_code, refused.json()["code"]) == (403, "identity_not_linked")


def test_a_challenge_binds_the_code_to_who_began(browser):
    verifier = "v" * 43
    challenge = b64(hashlib.sha256(verifier.encode()).digest())
    for shown, status in ((verifier, 200), ("w" * 43, 400), (None, 400)):
        brought = browser.sign_in("company", DONE, "ann", code_challenge=challenge)
        more = {} if shown is None else {"code_verifier": shown}
        assert browser.redeem(brought["code"], **more).status_code == status, shown


def test_scriptix_gets_its_token_in_the_address(site, browser):
    back = "https://scripts.example/back"
    started = browser.get(f"{site.stack.url}/api/v3/auth/login/microsoft?redirect_uri={back}")
    if started.status_code == 404:
        pytest.skip("the dialect is not spoken here")
    assert started.status_code in (302, 303), started.text
    callback = browser.at_provider(started.headers["Location"], **{"as": "ann"})
    location = browser.get(callback).headers["Location"]
    assert location.startswith(back + "?access_token=")
    token = query_of(location)["access_token"]
    assert site.stack.get("/members/", token=token).status_code == 200
    refused = browser.get(f"{site.stack.url}/api/v3/auth/login/microsoft?redirect_uri={back}2")
    assert refused.status_code == 400


# --- what does not -------------------------------------------------------------------------------

@pytest.mark.parametrize("address", [
    "https://evil.example/in/", "https://app.example/in", "https://app.example/in/../x",
    "https://app.example.evil.example/in/", "https://app.example/done?x=y", "/in/", "",
    "https://app.example\\@evil.example/in/", "javascript:alert(1)"])
def test_b7n40_only_listed_addresses_are_returned_to(browser, address):
    refused = browser.start("company", address)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["path"] == "return_to"


def test_unknown_providers_are_not_found(site, browser):
    assert browser.start("nobody", DONE).status_code == 404
    assert browser.get(f"{site.stack.url}/auth/v1/sso/nobody/callback?state=x").status_code == 404


def test_a_wrong_state_leads_nowhere(browser):
    callback = browser.callback_of("company", DONE, "ann")
    for state in ("x" * 43, "", None):
        refused = browser.get(with_query(callback, state=state))
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_token")
    assert browser.get(callback).status_code == 303, "the right one is as good as before"


def test_a_state_is_good_in_the_browser_that_began(site, browser):
    callback = browser.callback_of("company", DONE, "ann")
    other = Browser(site.stack)
    assert other.get(callback).status_code == 400
    other.start("company", DONE)
    assert other.get(browser.callback_of("company", DONE, "ann")).status_code == 400


def test_a_state_is_good_at_its_provider(browser):
    callback = browser.callback_of("company", DONE, "ann")
    assert browser.get(callback.replace("/company/", "/strict/")).status_code == 400


def test_two_tabs_do_not_disturb_each_other(browser):
    first = browser.callback_of("company", DONE, "ann")
    second = browser.callback_of("company", DONE, "ann")
    for callback in (first, second):
        assert "code" in query_of(browser.get(callback).headers["Location"])


def test_replayed_callbacks_and_codes_are_refused(browser):
    callback = browser.callback_of("company", DONE, "ann")
    code = query_of(browser.get(callback).headers["Location"])["code"]
    assert browser.get(callback).status_code == 400
    assert browser.redeem(code).status_code == 200
    assert (browser.redeem(code).status_code, browser.redeem("x" * 43).status_code) == (400, 400)
    # The provider's own code, with a fresh state.
    fresh = with_query(browser.callback_of("company", DONE, "ann"),
                       code=query_of(callback)["code"])
    assert query_of(browser.get(fresh).headers["Location"]) == {"error": "provider_refused"}


def test_r10_a_code_is_no_state_and_a_state_no_code(browser):
    callback = browser.callback_of("company", DONE, "ann")
    assert browser.redeem(query_of(callback)["state"]).status_code == 400
    code = browser.sign_in("company", DONE, "ann")["code"]
    again = with_query(browser.callback_of("company", DONE, "ann"), state=code)
    assert browser.get(again).status_code == 400


def test_a_wrong_nonce_is_refused(site, browser):
    site.front.ask = lambda path: with_query(path, nonce="another") \
        if urlsplit(path).path == "/auth" else path
    assert browser.sign_in("company", DONE, "ann") == {"error": "provider_refused"}
    assert why(site) == "id_token: nonce"


def test_a_wrong_or_missing_issuer_of_the_response_is_refused(site, browser):
    for issuer, reason in (("https://evil.example", "response: iss"), (None, "response: no iss")):
        callback = with_query(browser.callback_of("company", DONE, "ann"), iss=issuer)
        asked = site.front.count("/token")
        assert query_of(browser.get(callback).headers["Location"]) == {
            "error": "provider_refused"}
        assert why(site) == reason
        assert site.front.count("/token") == asked, "the code is shown to nobody"


def test_cve_2015_9235_unsigned_and_symmetric_tokens_are_refused(site, browser):
    def unsigned(token):
        head, claims = unpacked(token)
        return ".".join([b64(json.dumps({**head, "alg": "none"}).encode()),
                         b64(json.dumps(claims).encode()), ""])

    def symmetric(token):
        head, claims = unpacked(token)
        text = ".".join([b64(json.dumps({**head, "alg": "HS256"}).encode()),
                         b64(json.dumps(claims).encode())])
        return text + "." + b64(hmac.new(SECRET.encode(), text.encode(), "sha256").digest())

    def altered(token):
        head, claims = unpacked(token)
        return ".".join([token.split(".")[0],
                         b64(json.dumps({**claims, "sub": "root"}).encode()),
                         token.split(".")[2]])

    for change, reason in ((unsigned, "alg"), (symmetric, "alg"), (altered, "signature")):
        swap_id_token(site, change)
        assert browser.sign_in("company", DONE, "ann") == {"error": "provider_refused"}
        assert why(site) == "id_token: " + reason


def test_who_denies_comes_back_with_that(browser):
    started = browser.start("company", DONE, state="s")
    callback = browser.at_provider(started.headers["Location"], deny="yes")
    assert query_of(browser.get(callback).headers["Location"]) == {
        "error": "access_denied", "state": "s"}


def test_new_keys_are_found_and_unknown_ones_do_not_hammer(site, browser):
    assert "code" in browser.sign_in("company", DONE, "ann")
    old = requests.get(site.front.url + "/jwks", timeout=5).content
    site.provider.restart()
    before = site.front.count("/jwks")
    for _ in range(6):
        assert "code" in Browser(site.stack).sign_in("company", DONE, "ann")
    assert before < site.front.count("/jwks") <= before + 2, "once for each worker"

    # Keys that the provider never publishes: the set stays as it was.
    site.front.tell = lambda path, status, headers, body: old if path == "/jwks" else body
    site.provider.restart()
    before = site.front.count("/jwks")
    for _ in range(6):
        assert Browser(site.stack).sign_in("company", DONE, "ann") == {
            "error": "provider_refused"}
        assert why(site) == "id_token: unknown kid"
    assert site.front.count("/jwks") <= before + 2, "not again within half a minute"


def test_a_provider_that_is_away_is_503(site, browser):
    refused = browser.start("down", DONE)
    assert (refused.status_code, refused.json()["code"]) == (503, "provider_unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert site.stack.get("/auth/v1/healthz").status_code == 200


def test_r9_a_provider_that_hangs_does_not_stop_the_api(site):
    answers, slowest = [], 0
    visitors = [threading.Thread(target=lambda: answers.append(
        Browser(site.stack).start("hanging", DONE))) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    while any(visitor.is_alive() for visitor in visitors):
        begin = time.monotonic()
        assert site.stack.get("/auth/v1/healthz").status_code == 200
        slowest = max(slowest, time.monotonic() - begin)
        time.sleep(0.05)
    assert {answer.status_code for answer in answers} == {503}
    assert slowest < 4.5, "one worker waits for the provider, the other goes on"


def test_no_secret_is_in_the_log(site):
    text = (site.stack.state / "log/postern.log").read_text()
    assert SECRET not in text and "code_verifier" not in text
    for word in ("access_token", "id_token=", "code="):
        assert word not in text
