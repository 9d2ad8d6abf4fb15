"""Signing in at a provider from the sign-in page: the browser comes back signed in at the pages, and
the application's request goes on."""
import pyotp
import pytest

from oauth_browser import Browser, Page
from oauth_site import CONFIG as SITE, App
from oidc_provider import COMPANY_AND_STRICT, Browser as AtProvider, site_with_provider
from stack import PASSWORD

PROVIDERS = """
[sso]
sign_ins_per_minute = 0
""" + COMPANY_AND_STRICT.replace("The company", "The company & sons")


@pytest.fixture(scope="module", name="site")
def fixture_site():
    with site_with_provider(SITE + PROVIDERS, "company", "strict") as running:
        yield running


@pytest.fixture(name="app")
def fixture_app(site):
    return App.register(site.stack)


def through(site, browser, page, provider, person):
    """Presses the provider's button, signs in there as this person, and comes back."""
    link = next(link for link in page.links if f"/oauth/sign-in/{provider}" in link)
    started = browser.ask("GET", site.stack.url + link, page)
    assert started.status_code == 303, started.text
    there = AtProvider(site.stack)
    there.http.cookies = browser.http.cookies
    callback = there.at_provider(started.headers["Location"], **{"as": person})
    return browser.follow(browser.ask("GET", callback))


def test_the_button_leads_to_the_provider_and_back_to_the_applications_request(site, app):
    browser = Browser(site.stack)
    page = browser.open(app.question())
    assert "Sign in with The company & sons" in page.text
    consent = through(site, browser, page, "company", "ann")
    assert consent.deciding(), consent.text
    place = browser.submit(consent, consent.deciding(), decision="allow")
    assert place.startswith(app.redirect_uri + "?code=")
    cookies = [answer.headers["Set-Cookie"] for answer in browser.answers
               if "postern_session=pbs_" in answer.headers.get("Set-Cookie", "")]
    assert len(cookies) == 1 and "HttpOnly; SameSite=Lax" in cookies[0]
    # No token, nor a code of the provider's, is left in an address of ours.
    assert all("code=" not in answer.url for answer in browser.answers
               if "/callback" not in answer.url)


def test_it_leads_back_to_a_page_of_the_site(site):
    browser = Browser(site.stack)
    page = browser.open(site.stack.url + "/oauth/sign-in?return_to=/open/page%3Fa%3Db")
    through(site, browser, page, "company", "ann")
    assert browser.answers[-1].url == site.stack.url + "/open/page?a=b"


def test_whom_nobody_knows_is_told_so_on_the_sign_in_page(site, app):
    browser = Browser(site.stack)
    page = through(site, browser, browser.open(app.question()), "strict", "ben")
    assert isinstance(page, Page) and page.form_with("password")
    assert "Nobody here is linked to that account." in page.text
    # And the way by password is still open, for the same request.
    site.stack.register("carl")
    browser.username = "carl"
    assert browser.sign_in(page).deciding()


def test_a_second_factor_of_ones_own_is_asked_for_besides(site, app):
    first = Browser(site.stack)
    through(site, first, first.open(app.question()), "company", "ann")
    name = site.stack.sql("""select a.username from postern.account a
        join postern.external_identity i on i.account_id = a.id""")[0][0]
    assert site.stack.cli("account", "password", name, "--password-stdin",
                          text=PASSWORD + "\n").returncode == 0
    token = site.stack.login(name)["access_token"]
    started = site.stack.post("/auth/v1/mfa/totp", {}, token=token)
    codes = pyotp.TOTP(started.json()["secret"])
    done = site.stack.post("/auth/v1/mfa/totp/confirm", {"code": codes.now()}, token=token)
    browser = Browser(site.stack)
    page = through(site, browser, browser.open(app.question()), "company", "ann")
    assert page.form_with("code") and page.form_with("pending")
    assert "postern_session" not in browser.http.cookies
    consent = browser.submit(page, page.form_with("code"),
                             recovery_code=done.json()["recovery_codes"][0])
    assert consent.deciding(), consent.text


def test_a_provider_that_is_not_there_is_told_so(site):
    answer = site.stack.get("/oauth/sign-in/nobody")
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/html")
