"""Rule R8 where letters are asked for: who does not read somebody's mail cannot tell who has an
account."""
import pytest

from stack import PASSWORD, free_port
from timing import take_the_same_time

CONFIG = f"""
[login_limit]
per_account = 1000
per_network = 1000
[registration]
approval = false
verify_email = true
per_network_per_hour = 1000
[mail]
server = "smtp://127.0.0.1:{free_port()}"
from = "postern@site.example"
confirm_url = "https://site.example/confirm"
reset_url = "https://site.example/reset"
"""


@pytest.fixture(scope="module", name="addresses")
def fixture_addresses(stack):
    for name in ("present", "locked-out"):
        made = stack.post("/auth/v1/admin/accounts", token=stack.admin_token(), json={
            "username": name, "email": f"{name}@example.org", "password": PASSWORD,
            "role": "member"})
        assert made.status_code == 201, made.text
    stack.request("PATCH", f"/auth/v1/admin/accounts/{made.json()['id']}",
                  json={"is_active": False}, token=stack.admin_token())
    return {"known": "present@example.org", "disabled": "locked-out@example.org",
            "unknown": "nobody-here@example.org"}


class Registrar:
    """Registers with an address again and again, each time under another name."""

    def __init__(self, stack):
        self.stack, self.count = stack, 0

    def __call__(self, address):
        self.count += 1
        return self.stack.post("/auth/v1/register", {
            "username": f"newcomer-{self.count:06}", "email": address, "password": PASSWORD})


@pytest.fixture(scope="module", name="doors")
def fixture_doors(stack):
    return {"forgot": (lambda email: stack.post("/auth/v1/password/forgot", {"email": email}), 202),
            "register": (Registrar(stack), 201)}


def normal(answer, address):
    """The answer with what is different each time taken out."""
    text = answer.text.replace(answer.headers["X-Request-Id"], "ID").replace(address, "ADDRESS")
    if answer.status_code == 201:
        body = answer.json()
        for name in ("id", "username", "created_at"):
            text = text.replace(body[name], name)
    headers = {key: value for key, value in answer.headers.items()
               if key not in ("Date", "X-Request-Id", "Content-Length", "RateLimit", "ETag")}
    return text, tuple(sorted(headers.items()))


@pytest.mark.parametrize("door", ["forgot", "register"])
def test_r8_same_bytes(doors, addresses, door):
    ask, status = doors[door]
    seen = set()
    for address in addresses.values():
        answer = ask(address)
        assert answer.status_code == status, answer.text
        seen.add(normal(answer, address))
    assert len(seen) == 1, seen


@pytest.mark.parametrize("door", ["forgot", "register"])
def test_r8_same_time(doors, addresses, door):
    """A letter sent before the answer, or a hash that is left out, is many times the millisecond
    allowed for noise; that the work is the same to the row is tested where the rows are
    (password_reset_test.cpp)."""
    ask, status = doors[door]

    def once(kind):
        assert ask(addresses[kind]).status_code == status
    assert take_the_same_time(addresses, once, 90, slack=0.001)
