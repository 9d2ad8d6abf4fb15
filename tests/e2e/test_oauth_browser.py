"""The pages in a real browser: what people see and press, and what pages of other sites cannot do.

The client's address is a server of this machine that hands the browser on to another origin, as
applications do: the pages' policy of content has to let it."""
import contextlib
import time
from types import SimpleNamespace

import pyotp
import pytest

from oauth_browser import query_of
from oauth_site import BACK, CONFIG as SITE, DEVICE, App, challenge_of
from stack import PASSWORD, wait_for

CONFIG = SITE


@pytest.fixture(scope="module", name="ann")
def fixture_ann(stack):
    """A name: the browser is one that people see."""
    stack.register("ann")
    return "ann"


@pytest.fixture(name="app")
def fixture_app(stack, application):
    return application.client(stack)


def sign_in(browser, name, password=PASSWORD):
    browser.type("#username", name)
    browser.type("#password", password)
    browser.press("form .primary")


def decide(browser, decision):
    browser.press(f"button[name=decision][value={decision}]")


def at_home(browser, application):
    wait_for(lambda: browser.address == application.home, 10, f"home, from {browser.address}")


def test_somebody_signs_in_and_allows(browser, stack, application, ann, app):
    browser.open(app.question(scope="posts.read posts.compose offline_access", state="ä & b"))
    assert "Photo prints" in browser.text()
    sign_in(browser, ann)
    assert "Allow access?" in browser.title
    assert "a program on this device" in browser.text()
    assert "Stay connected while you are away" in browser.text()
    decide(browser, "allow")
    at_home(browser, application)
    answer = application.answers[-1]
    assert answer["state"] == "ä & b" and answer["iss"] == stack.url
    redeemed = app.redeem(SimpleNamespace(code=answer["code"], verifier="v" * 43))
    assert redeemed.status_code == 200, redeemed.text


def test_two_tabs_with_two_requests_in_one_browser_both_complete(browser, application, ann, app,
                                                                stack):
    """Both stand at the sign-in page at once, and are finished in turns."""
    other = application.client(stack, "Calendar")
    one = browser.tab()
    browser.open(app.question(state="one"))
    two = browser.new_tab()
    browser.open(other.question(state="two"))
    for tab in (one, two):
        browser.go_to(tab)
        sign_in(browser, ann)
        assert "Allow access?" in browser.title
    for tab in (one, two):
        browser.go_to(tab)
        decide(browser, "allow")
        at_home(browser, application)
    states = {answer["state"]: answer["code"] for answer in application.answers}
    assert set(states) == {"one", "two"}
    for client, state in ((app, "one"), (other, "two")):
        code = SimpleNamespace(code=states[state], verifier="v" * 43)
        assert client.redeem(code).status_code == 200


def test_denying_is_told_to_the_client(browser, application, ann, app):
    browser.open(app.question())
    sign_in(browser, ann)
    decide(browser, "deny")
    at_home(browser, application)
    assert application.answers[-1]["error"] == "access_denied"


def test_a_wrong_password_is_said_where_a_screen_reader_hears_it(browser, ann, app):
    browser.open(app.question())
    sign_in(browser, ann, "wrong")
    assert browser.text("[role=alert]") == "Username or password is wrong."
    assert browser.title.startswith("Error: ")
    assert browser.run("arguments[0](document.activeElement.id)") == "password"
    assert browser.run("arguments[0](document.getElementById('username').value)") == ann
    browser.keep_picture("wrong-password")


def test_every_field_has_a_label_and_what_fills_it(browser, app):
    browser.open(app.question())
    named = browser.run("""arguments[0]([...document.querySelectorAll(
        'input:not([type=hidden])')].map(field => [field.name, field.autocomplete,
        field.labels.length]))""")
    assert named == [["username", "username", 1], ["password", "current-password", 1]]
    assert browser.run("arguments[0](document.documentElement.lang)") == "en"


def test_a_form_post_goes_by_itself_with_a_script_and_by_a_click_without(browser, application,
                                                                         ann, app):
    browser.open(app.question(response_mode="form_post"))
    sign_in(browser, ann)
    decide(browser, "allow")
    wait_for(lambda: application.answers, 10, "the form")
    assert "code" in application.answers[-1]


@contextlib.contextmanager
def without_scripts(browser):
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        yield
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)


def test_nothing_of_it_needs_a_script(browser, application, ann, app):
    with without_scripts(browser):
        browser.open(app.question(response_mode="form_post"))
        sign_in(browser, ann)
        decide(browser, "allow")
        assert application.answers == []
        browser.press("form .primary")
    wait_for(lambda: application.answers, 10, "the form")
    assert "code" in application.answers[-1]


def test_a_second_factor_is_asked_for_on_a_page_of_its_own(browser, stack, application, app):
    token = stack.register("otto")
    started = stack.post("/auth/v1/mfa/totp", {}, token=token).json()
    codes = pyotp.TOTP(started["secret"])
    done = stack.post("/auth/v1/mfa/totp/confirm", {"code": codes.now()}, token=token)
    assert done.status_code == 200, done.text
    browser.open(app.question())
    sign_in(browser, "otto")
    assert browser.has("#code[autocomplete=one-time-code]")
    browser.keep_picture("second-factor")
    browser.type("#code", "000000")
    browser.press("form > .primary")
    assert browser.text("[role=alert]") == "This code is not right, or not any more."
    browser.click("summary")
    browser.type("#recovery_code", done.json()["recovery_codes"][0])
    browser.press("details button")
    assert "Allow access?" in browser.title
    decide(browser, "allow")
    at_home(browser, application)
    assert "code" in application.answers[-1]


def test_a_device_is_let_in(browser, stack, ann):
    app = App.register(stack, grant_types=[DEVICE, "refresh_token"], redirect_uris=None,
                       response_types=[], client_name="Television")
    begun = app.post("/oauth/device_authorization", {"scope": "posts.read"}).json()
    browser.open(begun["verification_uri_complete"])
    sign_in(browser, ann)
    browser.keep_picture("device-code")
    browser.press("form .primary")
    assert "Television" in browser.text() and begun["user_code"] in browser.text()
    assert "127.0.0.1" in browser.text()
    browser.keep_picture("device")
    decide(browser, "allow")
    assert "The device is connected." in browser.text()
    told = app.token(grant_type=DEVICE, device_code=begun["device_code"])
    assert told.status_code == 200, told.text


def test_signing_out_is_asked_for_and_done(browser, stack, ann):
    sign_in(browser, ann)
    browser.open(stack.url + "/oauth/logout")
    browser.keep_picture("sign-out")
    browser.press("button[value=sign-out]")
    assert "You are signed out here." in browser.text()
    assert "postern_session" not in browser.cookies()


def test_pages_of_other_origins_can_press_nothing(browser, stack, application, ann, app):
    """A form that posts itself to the consent page, with all that can be known from outside."""
    browser.open(app.question())
    sign_in(browser, ann)
    request = query_of(browser.address)["request"]
    token = browser.run("arguments[0](document.querySelector('[name=csrf]').value)")
    for origin in (f"http://localhost:{application.port}", f"http://127.0.0.1:{application.port}"):
        application.page = f"""<!DOCTYPE html><title>Evil</title>
<form method="post" action="{stack.url}/oauth/consent" id="f">
<input type="hidden" name="request" value="{request}"><input type="hidden" name="csrf" value="{token}">
<input type="hidden" name="decision" value="allow"></form>
<script>document.getElementById("f").submit()</script>""".encode()
        browser.open(origin + "/evil")
        wait_for(lambda: browser.address.startswith(stack.url), 10, "the form to be sent")
        # From another site the cookies stay at home (SameSite), from another port they do not.
        wait_for(lambda: browser.title.split(" · ")[0] in ("Signed in", "Allow access?"), 10,
                 "a page that asks")
    assert application.answers == []
    application.page = b"<!DOCTYPE html><title>At home</title><h1>At home</h1>"


def test_no_page_stands_in_a_frame(browser, stack, application):
    application.page = f"""<!DOCTYPE html><title>Frame</title>
<iframe src="{stack.url}/oauth/sign-in"></iframe>""".encode()
    browser.open(f"http://127.0.0.1:{application.port}/frame")
    seen = browser.run("""const done = arguments[0]; setTimeout(() => {
        try { done(document.querySelector('iframe').contentDocument === null) }
        catch (error) { done(true) } }, 500)""")
    assert seen
    wait_for(lambda: any("frame-ancestors" in line or "X-Frame-Options" in line
                         for line in browser.console()), 10, "the refusal")
    application.page = b"<!DOCTYPE html><title>At home</title><h1>At home</h1>"


LIGHT, DARK = "rgb(242, 244, 247)", "rgb(18, 22, 28)"


@pytest.mark.parametrize("scheme, ground", [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("width, height", [(375, 740), (1280, 800)])
def test_the_pages_fit_and_follow_the_colours_wanted(browser, stack, ann, app, scheme, ground, width,
                                                     height):
    browser.command("Emulation.setDeviceMetricsOverride", width=width, height=height,
                    deviceScaleFactor=1, mobile=width < 500)
    browser.command("Emulation.setEmulatedMedia",
                    features=[{"name": "prefers-color-scheme", "value": scheme}])
    try:
        browser.open(app.question(scope="openid posts.read posts.compose clients.manage "
                                        "offline_access"))
        assert browser.css("html", "background-color").replace("rgba", "rgb").startswith(
            ground[:-1])
        browser.keep_picture(f"sign-in-{scheme}-{width}")
        sign_in(browser, ann)
        for name in ("consent",):
            wide = browser.run("arguments[0](document.documentElement.scrollWidth)")
            assert wide <= width, f"{name} is {wide} wide"
            browser.keep_picture(f"{name}-{scheme}-{width}")
        browser.open(stack.url + "/oauth/consent?request=x")
        browser.keep_picture(f"error-{scheme}-{width}")
    finally:
        browser.command("Emulation.clearDeviceMetricsOverride")
        browser.command("Emulation.setEmulatedMedia", features=[])


def test_a_name_that_means_harm_is_text(browser, stack, application, ann):
    app = application.client(stack, "<img src=x onerror=alert(1)>")
    browser.open(app.question())
    assert "“<img src=x onerror=alert(1)>”" in browser.text()
    sign_in(browser, ann)
    assert "“<img src=x onerror=alert(1)>”" in browser.text()
    assert not browser.has("img")


def test_a_remembered_consent_answers_right_after_the_sign_in(browser, stack, application, ann):
    """The redirections after the password's form lead to the client in one go."""
    app = App.register(stack, redirect_uris=[BACK])
    app.answer(ann)
    browser.open(app.question(code_challenge=challenge_of("w" * 43)))
    sign_in(browser, ann)
    wait_for(lambda: browser.address.startswith(BACK), 10, "the client's address")
    assert all("form-action" not in line for line in browser.console())


def test_a_program_with_a_scheme_of_its_own_is_called(browser, stack, ann):
    """Nothing here knows the scheme: the browser stays. The policy of content is not what keeps it."""
    app = App.register(stack, redirect_uris=["com.example.app:/cb"])
    browser.new_tab()  # what the browser asks about the scheme stays in it
    browser.open(app.question())
    sign_in(browser, ann)

    def answered():
        return [entry for entry in stack.log_entries() if entry.get("route") == "oauth.consent"]
    before = len(answered())
    browser.click("button[value=allow]")
    wait_for(lambda: len(answered()) > before, 10, "the answer")
    assert answered()[-1]["status"] == 303
    time.sleep(0.5)
    assert [line for line in browser.console() if "Security Policy" in line] == []
