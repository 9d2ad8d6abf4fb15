"""Security keys at the sign-in pages: a real browser with a virtual authenticator goes from an
application's request to the application, by password and key.

The site is at localhost, since keys know hosts by their names."""
import contextlib
import itertools
from types import SimpleNamespace

import pytest

from kitsu_keys import Owner
from kitsu_stack import PATIENT
from oauth_site import claims_of, configured
from stack import PASSWORD, Stack, wait_for

CONFIG = configured(more="\n" + PATIENT + '\n[server]\nissuer = "@URL@"\n')
NUMBERS = itertools.count()


class AtLocalhost(Stack):
    @property
    def url(self):
        return f"http://localhost:{self.port}"

    def run_script(self, *words, **options):
        self.set_config(CONFIG)
        return super().run_script(*words, **options)


@pytest.fixture(scope="module", name="stack")
def fixture_stack():
    with AtLocalhost() as running:
        yield running


@pytest.fixture(name="app")
def fixture_app(stack, application):
    return application.client(stack)


@pytest.fixture(name="owner")
def fixture_owner(stack, browser):
    """Has registered a key, and holds it outside of the browser."""
    owner = Owner(stack, browser, f"keyholder{next(NUMBERS)}")
    device = browser.add_authenticator()
    owner.recovery_codes = owner.register()["otp_recovery_codes"]
    [owner.credential] = browser.credentials(device)
    browser.remove_authenticator(device)
    browser.forget_cookies()
    return owner


@contextlib.contextmanager
def key_in(browser, owner):
    device = browser.add_authenticator()
    browser.add_credential(device, owner.credential)
    try:
        yield
    finally:
        [owner.credential] = browser.credentials(device)  # its counter has grown
        browser.remove_authenticator(device)


def password_shown(browser, app, name):
    browser.open(app.question(scope="openid posts.read"))
    browser.type("#username", name)
    browser.type("#password", PASSWORD)
    browser.press("form .primary")
    assert "One more step" in browser.title


def allowed(browser, application):
    assert "Allow access?" in browser.title, browser.text()
    browser.press("button[name=decision][value=allow]")
    wait_for(lambda: browser.address == application.home, 10, f"home, from {browser.address}")
    return SimpleNamespace(code=application.answers[-1]["code"], verifier="v" * 43)


def test_password_and_key_lead_to_the_application(browser, application, app, owner):
    with key_in(browser, owner):
        password_shown(browser, app, owner.name)
        assert browser.run("arguments[0](document.activeElement.id)") == "key"
        assert browser.text("#key") == "Use your security key or passkey"
        browser.keep_picture("security-key")
        browser.press("#key")
        tokens = app.redeem(allowed(browser, application))
    assert tokens.status_code == 200, tokens.text
    assert claims_of(tokens.json()["id_token"])["amr"] == ["pwd", "hwk", "mfa"]


def test_what_the_key_does_not_confirm_is_told_and_can_be_asked_again(browser, application, app,
                                                                      owner):
    password_shown(browser, app, owner.name)
    another = browser.add_authenticator()
    browser.click("#key")
    wait_for(lambda: "has not confirmed" in browser.text("#key-status"), 20, "the word of it")
    assert browser.run("""arguments[0](
        document.getElementById('key-status').getAttribute('aria-live'))""") == "polite"
    assert browser.run("arguments[0](document.activeElement.id)") == "key"
    browser.keep_picture("security-key-not-confirmed")
    browser.remove_authenticator(another)
    with key_in(browser, owner):
        browser.press("#key")
        assert app.redeem(allowed(browser, application)).status_code == 200


def test_an_answer_to_a_page_that_was_left_is_refused_and_asked_for_anew(browser, app, owner,
                                                                         application):
    """Back in the browser's history, the page holds a challenge that was answered."""
    with key_in(browser, owner):
        password_shown(browser, app, owner.name)
        form = browser.run("arguments[0](document.getElementById('step').dataset.webauthn)")
        browser.press("#key")
        password_shown_again = app.question(scope="openid posts.read", prompt="login")
        browser.open(password_shown_again)
        browser.type("#password", PASSWORD)
        browser.press("form .primary")
        browser.run("""document.getElementById('step').dataset.webauthn = arguments[0];
                       arguments[1]()""", form)
        browser.press("#key")
        assert "was not accepted" in browser.text("[role=alert]")
        assert browser.title.startswith("Error: ")
        browser.press("#key")
        assert app.redeem(allowed(browser, application)).status_code == 200


def test_without_scripts_a_recovery_code_gets_in(browser, application, app, owner):
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        password_shown(browser, app, owner.name)
        assert "Use your security key" not in browser.text()
        assert "with JavaScript only" in browser.text()
        browser.keep_picture("security-key-without-scripts")
        browser.click("summary")
        browser.type("#recovery_code", owner.recovery_codes[0])
        browser.press("details button")
        assert app.redeem(allowed(browser, application)).status_code == 200
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


def test_a_browser_that_knows_no_keys_says_so(browser, app, owner):
    script = browser.command("Page.addScriptToEvaluateOnNewDocument",
                             source="delete window.PublicKeyCredential")
    try:
        password_shown(browser, app, owner.name)
        assert "This browser cannot use a security key" in browser.text("#key-status")
        assert "Use your security key" not in browser.text()
    finally:
        browser.command("Page.removeScriptToEvaluateOnNewDocument",
                        identifier=script["identifier"])
