"""Kitsu's web page signs in at a real OpenID provider: through the shared callback, back to the
dialect's own, and home with cookies."""
from urllib.parse import urlsplit

import pytest

from oidc_provider import Browser, query_of, site_with_provider

START, CALLBACK = "/api/auth/oidc/login", "/api/auth/oidc/callback"
ME = "/api/auth/authenticated"
CONFIG = """
[sso]
sign_ins_per_minute = 0

[[sso.provider]]
name = "studio"
issuer = "{issuer}"
client_id = "postern"
client_secret = "{secret}"
create_accounts = true

[kitsu]
oidc_provider = "studio"
home_page = "/productions"
"""


@pytest.fixture(scope="module", name="site")
def fixture_site():
    with site_with_provider(CONFIG, "studio") as running:
        yield running


@pytest.fixture(name="browser")
def fixture_browser(site):
    site.front.reset()
    return Browser(site.stack)


def brought_back(site, browser, person, start=START):
    """The address of the dialect's callback, with our code in it; not gone to yet."""
    started = browser.get(site.stack.url + start)
    assert started.status_code == 303, started.text
    callback = browser.at_provider(started.headers["Location"], **{"as": person})
    answer = browser.get(callback)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_person_comes_home_signed_in(site, browser):
    location = brought_back(site, browser, "ann")
    assert urlsplit(location).path == CALLBACK and set(query_of(location)) == {"code"}
    answer = browser.get(location)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/productions")
    assert answer.text == "" and "token" not in answer.headers["Location"]
    cookies = {cookie.name: cookie for cookie in browser.http.cookies}
    assert cookies["refresh_token_cookie"].path == "/api/auth/refresh-token"
    user = browser.get(site.stack.url + ME)
    assert user.status_code == 200, user.text
    assert user.json()["user"]["email"] == "ann@example.org"
    refreshed = browser.http.get(site.stack.url + "/api/auth/refresh-token",
                                 headers={"User-Agent": "python-requests/2"}, timeout=30)
    assert set(refreshed.json()) == {"access_token"}


def test_the_bare_path_does_the_same(site, browser):
    location = brought_back(site, browser, "ann", "/auth/oidc/login")
    assert urlsplit(location).path == "/auth/oidc/callback"
    assert browser.get(location).status_code == 302


def test_a_code_is_good_once(site, browser):
    location = brought_back(site, browser, "ann")
    assert browser.get(location).status_code == 302
    again = browser.get(location)
    assert (again.status_code, again.headers.get("Set-Cookie")) == (400, None)


def test_csrf_nobody_is_signed_in_as_somebody_else_by_a_link(site, browser):
    location = brought_back(site, browser, "ann")
    other = Browser(site.stack)
    answer = other.get(location)
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (400, None)
    brought_back(site, other, "kim")  # it has set out by itself, too
    answer = other.get(brought_back(site, browser, "ann"))
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (400, None)


def test_a_refusal_of_the_provider_signs_nobody_in(site, browser):
    for query in ("", "?error=access_denied", "?code=", "?code=nonsense"):
        answer = browser.get(site.stack.url + CALLBACK + query)
        assert answer.status_code in (400, 403), query
        assert "error" in answer.json() and "Set-Cookie" not in answer.headers
