"""Security keys as Kitsu's web pages use them: a real browser with a virtual authenticator, on a page
of the stack's own nginx. The page's conversions are those of the pages: base64url of each buffer.

What an attacker may try is done with the same browser: a page of another origin, a challenge that is
not ours, an answer told twice, a copy of the authenticator whose counter is behind."""
import base64
import functools
import http.server
import itertools
import os
import threading

import pytest

import kitsu_client
from kitsu_client import KitsuClient
from kitsu_keys import CREATE, Owner
from kitsu_stack import PATIENT, ask, email_of, host_of
from stack import PASSWORD, Stack
from webdriver import Browser

CONFIG = PATIENT + """
[webauthn]
rp_id = "localhost"
origins = "http://localhost:{port}"
rp_name = "Studio"
"""
NUMBERS = itertools.count()
WRONG = b'{"error":true,"login":false,"wrong_OTP":true}'


class AtLocalhost(Stack):
    """Security keys know hosts by their names."""

    def run_script(self, *words, **options):
        self.set_config(CONFIG.replace("{port}", str(self.port)))
        return super().run_script(*words, **options)


@pytest.fixture(scope="module", name="stack")
def fixture_stack():
    with AtLocalhost() as running:
        yield running


@pytest.fixture(scope="module", name="browser")
def fixture_browser():
    with Browser() as running:
        yield running


@pytest.fixture(name="device")
def fixture_device(browser):
    device = browser.add_authenticator()
    yield device
    browser.remove_authenticator(device)


@pytest.fixture(scope="module", name="elsewhere")
def fixture_elsewhere(tmp_path_factory):
    """A page of the same host whose origin is another."""
    pages = functools.partial(Quiet, directory=tmp_path_factory.mktemp("elsewhere"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


@pytest.fixture(name="owner")
def fixture_owner(stack, browser, device):  # pylint: disable=unused-argument
    """Has a key registered that is in the browser."""
    owner = Owner(stack, browser, f"owner{next(NUMBERS)}")
    owner.register()
    return owner


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def flipped(text):
    """Another byte in the middle of what base64url stands for."""
    data = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    data[len(data) // 2] ^= 1
    return encoded(bytes(data))


def test_a_key_is_registered_and_opens_the_door_that_a_password_alone_does_not(
        stack, browser, device):
    owner = Owner(stack, browser, "keyholder")
    options = owner.creation_options()
    assert options["rp"] == {"id": "localhost", "name": "Studio"}
    assert {entry["alg"] for entry in options["pubKeyCredParams"]} >= {-7, -257}
    assert options["user"]["name"] and len(options["challenge"]) >= 22
    registered = owner.register("Blue key")
    assert set(registered) == {"otp_recovery_codes", "access_token", "refresh_token"}
    assert len(registered["otp_recovery_codes"]) == 16
    user = owner.client.get_current_user()
    assert user["fido_enabled"] is True and user["fido_devices"] == ["Blue key"]
    assert user["preferred_two_factor_authentication"] == "fido"
    owner.client.log_out()
    with pytest.raises(kitsu_client.AuthFailed) as caught:
        owner.client.log_in(email_of("keyholder"), PASSWORD)
    assert caught.value.answer.json() == {
        "error": True, "login": False, "missing_OTP": True,
        "preferred_two_factor_authentication": "fido",
        "two_factor_authentication_enabled": ["fido", "recovery_code"]}
    assert [entry["id"] for entry in owner.request_options()["allowCredentials"]] == [
        credential["credentialId"] for credential in browser.credentials(device)]
    for _ in range(2):
        tokens = owner.log_in(owner.assertion())
        assert ask(stack, tokens["access_token"])[1]["user"]["email"] == email_of("keyholder")


def test_an_assertion_told_twice_lets_in_once(owner):
    assertion = owner.assertion()
    assert owner.log_in(assertion)["login"] is True
    assert owner.refused(assertion) == WRONG


def test_an_assertion_of_a_page_of_another_origin_is_refused(owner, elsewhere):
    assert owner.refused(owner.assertion(page=elsewhere)) == WRONG
    assert owner.log_in(owner.assertion())["login"] is True


def test_an_answer_to_a_challenge_that_is_not_ours_is_refused(owner, stack, browser):
    options = owner.request_options()
    other = Owner(stack, browser, owner.name + "else")
    other.register()
    challenges = {"invented": encoded(os.urandom(32)),
                  "altered": flipped(options["challenge"]),
                  "for a registration": owner.creation_options()["challenge"],
                  "somebody else's": other.request_options()["challenge"]}
    for whose, challenge in challenges.items():
        assert owner.refused(owner.assertion({**options, "challenge": challenge})) == WRONG, whose
    assert owner.log_in(owner.assertion(options))["login"] is True, "it was good all the time"


def test_a_counter_that_goes_backwards_tells_of_a_copy(owner, browser, device):
    owner.log_in(owner.assertion())
    browser.set_sign_count(device, 100)
    assert owner.log_in(owner.assertion())["login"] is True, "it may leap"
    browser.set_sign_count(device, 3)
    assert owner.refused(owner.assertion()) == WRONG
    browser.set_sign_count(device, 200)
    assert owner.log_in(owner.assertion())["login"] is True


def test_an_assertion_that_was_touched_is_refused(owner):
    for member in ("clientDataJSON", "authenticatorData", "signature"):
        assertion = owner.assertion()
        response = assertion["response"]
        touched = {**assertion, "response": {**response, member: flipped(response[member])}}
        assert owner.refused(touched) == WRONG, member
    for nonsense in ({}, {"id": "x"}, {"response": {}}, {"rawId": 1, "response": "text"}):
        assert owner.refused(nonsense) in (
            WRONG, owner.refused(None)), "no proof is as good as a wrong one"


def test_a_key_of_somebody_else_does_not_open(owner, stack, browser):
    other = Owner(stack, browser, owner.name + "else")
    other.register()
    assert owner.refused(other.assertion()) == WRONG


def test_a_wrong_password_is_wrong_whatever_the_key_says(owner):
    with pytest.raises(kitsu_client.AuthFailed) as caught:
        KitsuClient(host_of(owner.stack)).log_in(
            email_of(owner.name), "wrong", fido_authentication_response=owner.assertion())
    assert caught.value.answer.content == b'{"login":false}'


def test_a_registration_is_for_its_person_its_origin_and_once(stack, browser, device, elsewhere):
    owner = Owner(stack, browser, "registrar")
    invented = owner.creation_options()
    invented["challenge"] = encoded(os.urandom(32))
    strangers = Owner(stack, browser, "stranger").creation_options()
    for options, page in ((owner.creation_options(), elsewhere), (invented, None),
                          (strangers, None)):
        with pytest.raises(kitsu_client.BadParameter) as caught:
            owner.send_registration(owner.in_page(CREATE, options, page))
        assert caught.value.answer.json()["error"] is True
        assert owner.client.get_current_user()["fido_enabled"] is False
    assert stack.get("/api/auth/fido", params={"email": email_of("registrar")}).json()[
        "message"] == "FIDO not enabled."
    for credential in browser.credentials(device):
        assert credential["rpId"] == "localhost"
    made = owner.in_page(CREATE, owner.creation_options())
    owner.client.set_token(owner.send_registration(made))
    with pytest.raises(kitsu_client.BadParameter):
        owner.send_registration(made, "Again")
    assert owner.client.get_current_user()["fido_devices"] == ["Blue key"]


def test_a_key_is_given_up_with_a_proof_and_the_password_suffices_again(owner):
    with pytest.raises(kitsu_client.BadParameter):
        owner.client.ask("DELETE", "auth/fido", json={"device_name": "Blue key"})
    proof = owner.assertion()
    gone = owner.client.ask("DELETE", "auth/fido", json={
        "device_name": "Blue key", "fido_authentication_response": proof})
    assert gone.json() == {"success": True}
    told = KitsuClient(host_of(owner.stack)).log_in(email_of(owner.name), PASSWORD)
    assert told["user"]["fido_enabled"] is False
    answer = owner.stack.get("/api/auth/fido", params={"email": email_of(owner.name)})
    assert (answer.status_code, answer.json()["message"]) == (400, "FIDO not enabled.")
