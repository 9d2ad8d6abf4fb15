"""Second factors as people use them: an authenticator app, recovery codes, and every door."""
import collections
import re
import subprocess
import time
import urllib.parse

import pyotp

from load import at_once
from stack import PASSWORD

CONFIG = """
[mfa]
totp_issuer = "Example & Sons"
drift_steps = 2
[login_limit]
per_account = 200
[password]
hash_wait_ms = 5000
"""
SHORT_PASSWORD = "8 chars!"


class App:
    """An authenticator app that is given no time to wait: its codes are of one step after the other,
    from the earliest on that the server takes."""

    def __init__(self, secret):
        self.totp, self.step = pyotp.TOTP(secret), 0

    def code(self):
        self.step = max(self.step + 1, int(time.time()) // 30 - 1)
        return self.totp.at(self.step * 30)


def pixels(svg, scale=4):
    """The QR code as a plain PBM, drawn as the SVG says."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    dark = [[0] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        for column in range(int(x), int(x) + int(length)):
            dark[int(y)][column] = 1
    rows = ["".join(str(bit) * scale for bit in row) for row in dark for _ in range(scale)]
    return f"P1\n{side * scale} {side * scale}\n" + "\n".join(rows) + "\n"


def call(stack, method, path, token, **body):
    return stack.request(method, f"/auth/v1/{path}", token=token, json=body or None)


def log_in(stack, name, password=PASSWORD, session=None, **factor):
    return stack.post("/auth/v1/login", {"login": name, "password": password, **factor},
                      session=session)


def log_in_patiently(stack, name, **more):
    """Again while the answer is 503: of twenty who want one account's row, some may wait too long."""
    while (answer := log_in(stack, name, **more)).status_code == 503:
        time.sleep(0.05)
    return answer


def enrol(stack, name):
    """An access token, the app, and the recovery codes."""
    token = stack.register(name)
    started = call(stack, "POST", "mfa/totp", token)
    assert started.status_code == 201, started.text
    app = App(started.json()["secret"])
    confirmed = call(stack, "POST", "mfa/totp/confirm", token, code=app.code())
    assert confirmed.status_code == 200, confirmed.text
    return token, app, confirmed.json()["recovery_codes"]


def code_of(answer):
    return answer.status_code, answer.json().get("code")


def test_the_qr_code_reads_as_the_address_that_the_app_is_told(stack, tmp_path):
    started = call(stack, "POST", "mfa/totp", stack.register("qr")).json()
    picture = tmp_path / "qr.pbm"
    picture.write_text(pixels(started["qr_svg"]))
    read = subprocess.run(["zbarimg", "--raw", "-q", picture], capture_output=True, text=True,
                          check=True).stdout.strip()
    assert read == started["otpauth_uri"]
    address = urllib.parse.urlsplit(read)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(address.path) == "/Example & Sons:qr"
    assert urllib.parse.parse_qs(address.query) == {"secret": [started["secret"]],
                                                    "issuer": ["Example & Sons"]}


def test_a_login_takes_the_password_and_a_code_that_was_not_used(stack):
    token, app, _ = enrol(stack, "codes")
    assert call(stack, "GET", "mfa", token).json() == {
        "totp": True, "email_otp": False, "webauthn": False, "recovery_codes_left": 10}
    asked = log_in(stack, "codes")
    assert code_of(asked) == (401, "mfa_required")
    assert asked.json()["methods"] == ["totp", "recovery_code"]
    code = app.code()
    assert code_of(log_in(stack, "codes", "wrong password, this", otp=code)) == (
        401, "invalid_credentials")
    assert log_in(stack, "codes", otp=code).status_code == 200
    assert code_of(log_in(stack, "codes", otp=code)) == (401, "mfa_invalid")
    assert log_in(stack, "codes", otp=app.code()).status_code == 200


def test_a_recovery_code_presented_twenty_times_at_once_lets_one_in(stack):
    _, _, codes = enrol(stack, "twenty")
    answers = at_once(20, lambda _, http: log_in_patiently(stack, "twenty", session=http,
                                                           recovery_code=codes[0]))
    assert collections.Counter(code_of(answer) for answer in answers) == {
        (200, None): 1, (401, "mfa_invalid"): 19}
    assert stack.sql("select count(*) from postern.recovery_code c join postern.account a"
                     " on a.id = c.account_id where username = 'twenty' and used_at is null"
                     )[0][0] == 9


def test_a_code_presented_twenty_times_at_once_lets_one_in(stack):
    _, app, _ = enrol(stack, "twentycodes")
    code = app.code()
    answers = at_once(20, lambda _, http: log_in_patiently(stack, "twentycodes", session=http,
                                                           otp=code))
    assert collections.Counter(answer.status_code for answer in answers) == {200: 1, 401: 19}


def test_no_other_door_goes_round_it_and_keys_keep_working(stack):
    token, _, _ = enrol(stack, "doors")
    key = call(stack, "PUT", "me/key", token).json()["key"]
    for path in ("/api/accounts/token/", "/api/accounts/auth/login/"):
        refused = stack.post(path, {"username": "doors", "password": PASSWORD})
        assert refused.status_code in (401, 403), refused.text
        assert "access" not in refused.json()
    assert stack.get("/members/", key=key).status_code == 200
    assert call(stack, "GET", "mfa", None).status_code == 401
    assert code_of(stack.get("/auth/v1/mfa", key=key)) == (403, "session_required")


def test_putting_it_in_force_ends_the_other_sessions(stack):
    before = stack.register("others")
    token = stack.login("others")["access_token"]
    app = App(call(stack, "POST", "mfa/totp", token).json()["secret"])
    assert call(stack, "POST", "mfa/totp/confirm", token, code=app.code()).status_code == 200
    assert stack.get("/members/", token=before).status_code == 401
    assert stack.get("/members/", token=token).status_code == 200


def test_it_goes_with_a_proof_that_travels_in_a_delete(stack):
    token, app, codes = enrol(stack, "going")
    assert code_of(call(stack, "DELETE", "mfa/totp", token)) == (401, "mfa_required")
    assert code_of(call(stack, "DELETE", "mfa/totp", token, code="1234567")) == (
        401, "mfa_invalid")
    renewed = call(stack, "POST", "mfa/recovery-codes", token, code=app.code())
    assert renewed.status_code == 200
    assert code_of(call(stack, "DELETE", "mfa/totp", token, recovery_code=codes[0])) == (
        401, "mfa_invalid"), "of the old set"
    fresh = renewed.json()["recovery_codes"][0]
    assert call(stack, "DELETE", "mfa/totp", token, recovery_code=fresh.lower()
                ).status_code == 204
    assert log_in(stack, "going").status_code == 200


def test_the_command_line_takes_a_lost_one_off_and_a_short_password_with_it(stack):
    token, _, _ = enrol(stack, "lost")
    assert call(stack, "POST", "me/password", token, current_password=PASSWORD,
                new_password=SHORT_PASSWORD).status_code == 204
    done = stack.cli("account", "mfa-reset", "lost")
    assert done.returncode == 0, done.stderr
    assert stack.get("/members/", token=token).status_code == 401
    assert code_of(log_in(stack, "lost", SHORT_PASSWORD)) == (401, "invalid_credentials")
    again = stack.cli("account", "mfa-reset", "lost")
    assert again.returncode == 1 and "it has no second factor" in again.stderr
    assert stack.cli("account", "password", "lost", "--password-stdin",
                     text=PASSWORD + "\n").returncode == 0
    assert log_in(stack, "lost").status_code == 200


def test_an_administrator_takes_a_lost_one_off(stack):
    token, _, _ = enrol(stack, "adminlost")
    account = call(stack, "GET", "me", token).json()["id"]
    path = f"admin/accounts/{account}/mfa"
    assert code_of(call(stack, "DELETE", path, token)) == (403, "insufficient_scope")
    assert call(stack, "DELETE", path, stack.admin_token()).status_code == 204
    assert stack.get("/members/", token=token).status_code == 401
    assert log_in(stack, "adminlost").status_code == 200


def test_no_secret_of_it_is_in_a_log(stack):
    token = stack.register("quiet")
    started = call(stack, "POST", "mfa/totp", token).json()
    app = App(started["secret"])
    codes = call(stack, "POST", "mfa/totp/confirm", token, code=app.code()
                 ).json()["recovery_codes"]
    assert log_in(stack, "quiet", recovery_code=codes[0]).status_code == 200
    for path in (stack.state / "log").glob("*.log"):
        text = path.read_text(errors="replace")
        assert not [secret for secret in (started["secret"], *codes) if secret in text], path
