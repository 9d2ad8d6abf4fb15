"""Letters from end to end: asked for over HTTP, sent by the housekeeper, taken by a real server."""
import shutil

import pytest

from mail_server import PASSWORD as SMTP_PASSWORD
from mail_server import USER, MailServer, make_authority
from stack import PASSWORD, Stack, temporary_state, wait_for

NEW_PASSWORD = "a new and longer password"


def toml(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def config(server, authority="", tls="required", auth=True, more=""):
    credentials = f"username = {toml(USER)}\npassword = {toml(SMTP_PASSWORD)}\n" if auth else ""
    return f"""
[mail]
server = {toml(server.url)}
tls = "{tls}"
ca_file = {toml(str(authority))}
{credentials}from = "Zoës Höhle <postern@site.example>"
site_name = "Zoës Höhle"
confirm_url = "https://site.example/confirm"
reset_url = "https://site.example/reset?lang=en"
[registration]
approval = false
[login_limit]
per_account = 1000
per_network = 1000
{more}
"""


@pytest.fixture(scope="module", name="place")
def fixture_place():
    place = temporary_state()
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module", name="good")
def fixture_good(place):
    return make_authority(place, "good")


@pytest.fixture(scope="module", name="server")
def fixture_server(good):
    with MailServer(good[1:], tls="starttls") as server:
        yield server


@pytest.fixture(scope="module", name="stack")
def fixture_stack(server, good):
    with Stack(config=config(server, good[0])) as stack:
        yield stack


@pytest.fixture(autouse=True)
def fixture_empty_queue(stack):
    """No test finds what another one left waiting."""
    stack.sql("delete from postern.mail")


def reload_with(stack, text):
    """Lets the housekeeper work by another configuration."""
    before = set(stack.worker_pids())
    stack.set_config(text)
    stack.reload()
    wait_for(lambda: not before & set(stack.worker_pids()), 20, "the new processes")


def bring_forward(stack):
    """As if the pause after a failure were over."""
    return stack.sql("update postern.mail set due_at = now() - interval '1 second'")


def forgot(stack, email):
    answer = stack.post("/auth/v1/password/forgot", {"email": email})
    assert answer.status_code == 202, answer.text
    assert answer.json() == {"status": "accepted"}


def last_error(stack):
    rows = stack.sql("select last_error from postern.mail where last_error <> ''")
    return rows[0][0] if rows else None


def test_a_forgotten_password_is_set_anew_and_everybody_signed_out(stack, server):
    tokens = stack.register_tokens("ann")
    forgot(stack, "ANN@example.org")
    letter = server.letter_to("ann@example.org")
    assert letter.sender == "postern@site.example"
    assert letter.encrypted and letter.authenticated
    assert letter.link.startswith("https://site.example/reset?lang=en#token=pml_")
    assert letter.link in letter.html

    path, body = "/auth/v1/password/reset", {"token": letter.token, "new_password": NEW_PASSWORD}
    assert stack.post(path, {**body, "new_password": "short"}).status_code == 422
    assert stack.post(path, body).status_code == 204
    again = stack.post(path, body)
    assert (again.status_code, again.json()["code"]) == (400, "invalid_token")

    assert stack.get("/auth/v1/me", token=tokens["access_token"]).status_code == 401
    refreshed = stack.post("/auth/v1/refresh", {"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 401
    old = stack.post("/auth/v1/login", {"login": "ann", "password": PASSWORD})
    assert old.status_code == 401
    stack.login("ann", NEW_PASSWORD)
    notice = server.letter_to("ann@example.org", 2)
    assert "was changed" in notice.message["Subject"]
    assert "127.0.0.1" in notice.text


def test_the_message_is_what_mail_programs_expect(stack, server):
    stack.register("format")
    forgot(stack, "format@example.org")
    message = server.letter_to("format@example.org").message
    assert message["Subject"] == "A new password for Zoës Höhle"
    assert message["From"].addresses[0].display_name == "Zoës Höhle"
    assert message["From"].addresses[0].addr_spec == "postern@site.example"
    assert message["To"] == "format@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@site.example>")
    assert message["Date"].datetime.utcoffset().total_seconds() == 0
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    raw = server.letters_to("format@example.org")[0].raw
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    text = server.letters_to("format@example.org")[0].text
    assert text.startswith("Hello format,") and "60 minutes" not in text and "1 hour" in text
    assert "{{" not in text and "{{" not in server.letters_to("format@example.org")[0].html


def test_an_address_is_confirmed(stack, server):
    token = stack.register("carol")
    sent = len(server.letters_to("carol@example.org"))
    asked = stack.post("/auth/v1/me/email/confirmation", token=token)
    assert (asked.status_code, asked.json()) == (202, {"status": "accepted"})
    letter = server.letter_to("carol@example.org", sent + 1)
    assert letter.link.startswith("https://site.example/confirm#token=")
    assert stack.post("/auth/v1/email/confirm", {"token": letter.token}).status_code == 204
    assert stack.sql("select email_verified from postern.account where username = 'carol'")[0][0]
    again = stack.post("/auth/v1/email/confirm", {"token": letter.token})
    assert (again.status_code, again.json()["code"]) == (400, "invalid_token")
    # Of another purpose (rule R10).
    forgot(stack, "carol@example.org")
    reset = server.letter_to("carol@example.org", sent + 2).token
    assert stack.post("/auth/v1/email/confirm", {"token": reset}).status_code == 400


def test_confirmation_is_asked_for_with_a_session(stack):
    assert stack.post("/auth/v1/me/email/confirmation").status_code == 401


def test_nobody_elses_address_gets_a_letter(stack, server):
    forgot(stack, "nobody@example.org")
    wait_for(lambda: not stack.sql("select 1 from postern.mail"), 10, "the queue's end")
    assert server.letters_to("nobody@example.org") == []


@pytest.mark.parametrize("address", [
    "ann@example.org\r\nBcc: eve@example.org", "ann@example.org>\r\nRCPT TO:<eve@example.org",
    "ann@example.org, eve@example.org", "ann@example.org\n", "\"ann\r\n\"@example.org",
    "ann@example.org\0eve@example.org"])
def test_nothing_is_added_to_a_letter_by_an_address(stack, server, address):
    answer = stack.post("/auth/v1/password/forgot", {"email": address})
    assert answer.status_code in (400, 422), answer.text
    assert server.letters_to("eve@example.org") == []


@pytest.mark.parametrize("address", ["ann>@example.org", "ann,eve@example.org", "ann\"@example.org",
                                     "a(b)@example.org", "ann@example.org;eve"])
def test_an_address_that_is_more_than_one_word_of_smtp_gets_none(stack, server, address):
    """The queue may hold it, a command or a header never does."""
    before = len(server.letters)
    created = stack.post("/auth/v1/admin/accounts", token=stack.admin_token(), json={
        "username": f"odd{abs(hash(address))}", "email": address, "password": PASSWORD,
        "role": "member"})
    if created.status_code == 422:
        return
    assert created.status_code == 201, created.text
    forgot(stack, address)
    wait_for(lambda: not stack.sql("select 1 from postern.mail"), 10, "the queue's end")
    assert len(server.letters) == before


def test_B7_39_no_header_of_a_request_changes_a_link(stack, server):
    stack.register("poison")
    stack.post("/auth/v1/password/forgot", {"email": "poison@example.org"}, headers={
        "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    letter = server.letter_to("poison@example.org")
    assert "evil" not in letter.raw.decode()


def test_a_recipient_that_is_refused_for_good_is_given_up(stack, server):
    stack.register("gone")
    server.refuse["gone@example.org"] = "550 5.1.1 No gone@example.org here"
    forgot(stack, "gone@example.org")
    given_up = "select detail from postern.audit where event = 'mail_given_up' order by id desc"
    wait_for(lambda: ("reset_password: RCPT: 550 5.1.1",) in stack.sql(given_up), 15, "giving up")
    assert stack.sql("select count(*) from postern.mail")[0][0] == 0


@pytest.mark.parametrize("answer", ["451 4.7.1 Come again", "554 5.7.1 Relay access denied"])
def test_a_recipient_that_is_refused_for_now_is_tried_again(stack, server, answer):
    name = "later" + answer[:3]
    stack.register(name)
    server.refuse[f"{name}@example.org"] = answer
    forgot(stack, f"{name}@example.org")
    wait_for(lambda: last_error(stack), 15, "a failure")
    assert last_error(stack) == "RCPT: " + " ".join(answer.split()[:2])
    del server.refuse[f"{name}@example.org"]
    bring_forward(stack)
    server.letter_to(f"{name}@example.org")
    wait_for(lambda: not stack.sql("select 1 from postern.mail"), 10, "the queue's end")


def test_a_test_letter_is_sent_at_once(stack, server):
    done = stack.cli("mail", "test", "tester@example.org")
    assert done.returncode == 0, done.stderr
    letter = server.letter_to("tester@example.org")
    assert letter.message["Subject"] == "A test letter from Zoës Höhle"
    assert stack.cli("mail", "test", "no address").returncode == 2
    server.refuse["refused@example.org"] = "550 5.1.1 no"
    refused = stack.cli("mail", "test", "refused@example.org")
    assert refused.returncode == 1 and "RCPT: 550 5.1.1" in refused.stderr


def test_the_password_of_the_mail_server_is_never_shown(stack):
    shown = stack.cli("config", "show").stdout + stack.cli("config", "show", "--json").stdout
    assert "smtp pass" not in shown and "********" in shown


def test_R5_no_secret_of_a_letter_is_in_a_log_or_in_the_database(stack, server):
    stack.register("quiet")
    forgot(stack, "quiet@example.org")
    token = server.letter_to("quiet@example.org").token
    stack.post("/auth/v1/password/reset", {"token": token, "new_password": "short"})
    logs = "".join(path.read_text(errors="replace") for path in (stack.state / "log").glob("*.log"))
    assert token not in logs and SMTP_PASSWORD not in logs
    tables = [row[0] for row in stack.sql(
        "select table_name from information_schema.tables where table_schema = 'postern'")]
    for table in tables:
        rows = stack.sql(f"select t::text from postern.{table} t")
        assert not any(token in row[0] or token[4:47] in row[0] for row in rows), table


# From here on the server changes; each test leaves the stack as it found it.

def test_a_wrong_certificate_is_refused_and_nothing_is_lost(stack, server, good, place):
    other = make_authority(place, "other")
    stack.register("patient")
    reload_with(stack, config(server, other[0]))
    before = len(server.letters)
    forgot(stack, "patient@example.org")
    wait_for(lambda: last_error(stack), 20, "a failure")
    assert "certificate" in last_error(stack)
    assert len(server.letters) == before
    assert [entry for entry in stack.log_entries() if entry["event"] == "mail_stuck"]
    reload_with(stack, config(server, good[0]))
    bring_forward(stack)
    letter = server.letter_to("patient@example.org")
    body = {"token": letter.token, "new_password": NEW_PASSWORD}
    assert stack.post("/auth/v1/password/reset", body).status_code == 204


def test_a_server_without_encryption_is_told_nothing(stack, server, good):
    stack.register("secretive")
    with MailServer(tls="none", auth=False) as plain:
        reload_with(stack, config(plain, good[0], auth=False))
        forgot(stack, "secretive@example.org")
        wait_for(lambda: last_error(stack), 20, "a failure")
        assert plain.letters == []
        reload_with(stack, config(plain, good[0], tls="none", auth=False))
        bring_forward(stack)
        assert not plain.letter_to("secretive@example.org").encrypted
    reload_with(stack, config(server, good[0]))


def test_implicit_encryption(stack, server, good):
    stack.register("implicit")
    with MailServer(good[1:], tls="implicit", auth=False) as tls:
        reload_with(stack, config(tls, good[0], auth=False))
        forgot(stack, "implicit@example.org")
        assert tls.letter_to("implicit@example.org", seconds=25).token
    reload_with(stack, config(server, good[0]))


def test_a_wrong_password_for_the_server_keeps_the_letters(stack, server, good):
    stack.register("locked")
    reload_with(stack, config(server, good[0]).replace(toml(SMTP_PASSWORD), '"wrong"'))
    forgot(stack, "locked@example.org")
    wait_for(lambda: last_error(stack), 20, "a failure")
    assert last_error(stack) == "AUTH: 535 5.7.8"
    reload_with(stack, config(server, good[0]))
    bring_forward(stack)
    server.letter_to("locked@example.org")


def test_letters_wait_for_a_server_that_is_down(stack, server, good):
    stack.register("waiting")
    with MailServer(good[1:], tls="starttls") as other:
        reload_with(stack, config(other, good[0]))
    forgot(stack, "waiting@example.org")
    wait_for(lambda: last_error(stack), 20, "a failure")
    assert stack.sql("select count(*) from postern.mail")[0][0] == 1
    with MailServer(good[1:], tls="starttls", port=other.port) as back:
        bring_forward(stack)
        back.letter_to("waiting@example.org", seconds=25)
        wait_for(lambda: [entry for entry in stack.log_entries()
                          if entry["event"] == "mail_unstuck"], 10, "the report")
        wait_for(lambda: not stack.sql("select 1 from postern.mail"), 10, "the queue's end")
    reload_with(stack, config(server, good[0]))


def test_a_site_writes_its_own_letters(stack, server, good, place):
    own = place / "letters"
    own.mkdir()
    (own / "reset_password.subject.txt").write_text("Señal de {{site_name}}\n")
    (own / "reset_password.txt").write_text("Vaya a {{{link}}}, {{username}}.\n")
    own.chmod(0o755)
    stack.register("own-letters")
    reload_with(stack, config(server, good[0]).replace(
        "[registration]", f'template_directory = "{own}"\n[registration]'))
    forgot(stack, "own-letters@example.org")
    letter = server.letter_to("own-letters@example.org", seconds=25)
    assert letter.message["Subject"] == "Señal de Zoës Höhle"
    assert f"Vaya a {letter.link}, own-letters." in letter.text.replace("\n", " ") or letter.token
    # One that is no template: letters wait, the log says why.
    (own / "reset_password.txt").write_text("{{#open}}")
    reload_with(stack, config(server, good[0]).replace(
        "[registration]", f'template_directory = "{own}"\n[registration]'))
    forgot(stack, "own-letters@example.org")
    wait_for(lambda: any("reset_password.txt" in str(entry.get("what")) for entry in
                         stack.log_entries() if entry["event"] == "mail_stuck"), 20, "the report")
    reload_with(stack, config(server, good[0]))
    server.letter_to("own-letters@example.org", 2, seconds=25)


def test_without_mail_the_answer_is_the_same(stack, server, good):
    reload_with(stack, "[login_limit]\nper_account = 1000\nper_network = 1000\n")
    forgot(stack, "ann@example.org")
    assert stack.sql("select count(*) from postern.mail")[0][0] == 0
    reload_with(stack, config(server, good[0]))
