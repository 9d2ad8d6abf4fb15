"""A site of pages for people, and nothing of its own to sign in: `gate.sign_in_url` leads to the
authorization server's page, and its cookie opens the gate until somebody signs out."""
from urllib.parse import urljoin

import pytest

from oauth_browser import Browser, query_of
from stack import Stack, wait_for

CONFIG = """
[gate]
sign_in_url = "/oauth/sign-in"
"""
WANTED = "/members/?page=2&sort=name"


@pytest.fixture(scope="module")
def stack():
    with Stack(config=CONFIG) as running:
        running.register("ann")
        running.register("ben")
        yield running


def told(page):
    """What the application behind the gate was told."""
    lines = page.answer.text.splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def signed_in(stack, name="ann"):
    browser = Browser(stack, name)
    browser.sign_in(browser.open(stack.url + "/oauth/sign-in"))
    return browser


def status(browser, path="/members/", method="GET", **headers):
    return browser.http.request(method, browser.stack.url + path, headers=headers,
                                allow_redirects=False, timeout=30).status_code


def sign_out(browser):
    page = browser.open(browser.stack.url + "/oauth/logout")
    form = page.forms[0]
    return browser.submit(page, form, **dict(form.buttons[:1]))


def test_a_visitor_signs_in_comes_back_and_signs_out(stack):
    browser = Browser(stack, "ann")
    first = browser.ask("GET", stack.url + WANTED)
    assert first.status_code == 302
    target = urljoin(stack.url, first.headers["Location"])
    assert target.startswith(stack.url + "/oauth/sign-in?")
    assert query_of(target) == {"return_to": WANTED}

    page = browser.sign_in(browser.follow(first))
    assert page.status == 200
    assert page.url == stack.url + WANTED, "where he wanted to go"
    assert told(page)["user"] == "ann"
    assert told(page)["role"] == "member"
    assert told(page)["credential"].startswith("browser_session:")
    assert status(browser, "/members/static") == 200
    assert status(browser, "/staff/") == 403, "he is known: another sign-in would not help"

    assert "signed out" in sign_out(browser).text.lower()
    assert status(browser) == 401
    assert browser.open(stack.url + WANTED).form_with("password")


def test_r6_a_copy_of_the_cookie_is_worth_nothing_from_the_sign_out_on(stack):
    browser = signed_in(stack)
    cookie = f"postern_session={browser.http.cookies['postern_session']}"
    for _ in range(20):  # so that every worker knows it
        assert stack.get("/members/", headers={"Cookie": cookie}).status_code == 200
    sign_out(browser)
    for _ in range(20):
        assert stack.get("/members/", headers={"Cookie": cookie}).status_code == 401


def test_r10_other_doors_do_not_take_it(stack):
    browser = signed_in(stack)
    value = browser.http.cookies["postern_session"]
    assert status(browser) == 200
    assert status(browser, "/auth/v1/me") == 401, "the gate alone takes the cookie"
    for headers in ({"Authorization": f"Bearer {value}"}, {"X-API-Key": value},
                    {"Authorization": f"ApiKey {value}"},
                    {"Cookie": f"access_token_cookie={value}"}):
        assert stack.get("/members/", headers=headers).status_code == 401, headers
    token = stack.login("ann")["access_token"]
    assert stack.get("/members/", token=token).status_code == 200
    assert stack.get("/members/",
                     headers={"Cookie": f"postern_session={token}"}).status_code == 401


def test_csrf_a_form_of_elsewhere_does_not_act_for_him(stack):
    browser = signed_in(stack)
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert status(browser, method="POST", **elsewhere) == 401
    assert status(browser, method="POST", Origin="https://evil.example") == 401
    assert status(browser, method="POST", **{"Sec-Fetch-Site": "same-origin"}) == 200
    assert status(browser, **elsewhere) == 200, "a link from elsewhere"


def test_r6_a_disabled_account_is_out_at_once(stack):
    browser = signed_in(stack, "ben")
    assert status(browser) == 200
    done = stack.cli("account", "disable", "ben")
    assert done.returncode == 0, done.stderr
    wait_for(lambda: status(browser) == 401, what="the command line's word")
    page = browser.open(stack.url + WANTED)
    assert page.form_with("password"), "and does not go round in circles"
