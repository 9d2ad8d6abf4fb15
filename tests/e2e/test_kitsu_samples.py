"""The samples of Kitsu's authentication page as they stand there, run by a shell: only the hosts, the
account and the tokens are filled in. Each curl line runs at the bare paths of the page and below
/api. And what a browser does, which keeps its tokens in cookies."""
import json
import os
import re
import subprocess

import pytest

from kitsu_client import KitsuClient
from kitsu_stack import PATIENT, REVOKED, ask, chief_of, email_of, host_of, signed_in
from stack import PASSWORD

CONFIG = PATIENT
BARE = "http://api.example.com"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."
CHROME = ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
          "Chrome/126.0.0.0 Safari/537.36")
ELSEWHERE = "https://elsewhere.example"

LOGIN = r"""curl \
 --request POST 'https://zou-server-url/api/auth/login' \
 --header "Content-Type: application/json" \
 --data '{"email":"admin@example.com","password":"mysecretpassword"}'
"""

AUTHENTICATED = (
    'curl -H "Accept: application/json" -H "Authorization: Bearer '
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..."  "http://api.example.com/auth/authenticated"\n')

PROJECTS = (
    'curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9..." '
    'https://zou-server-url/api/data/projects\n')

CONTEXT = (
    'curl "http://api.example.com/data/user/context" -H "Authorization: Bearer YOUR_API_TOKEN" '
    '-H "Accept: application/json"\n')

LISTS = """\
curl "http://api.example.com/data/user/projects/open?name=My%20Project"  -H "Authorization: Bearer YOUR_API_TOKEN"  -H "Accept: application/json"
curl "http://api.example.com/data/user/projects/a24a6ea4-ce75-4665-a070-57453082c25/asset-types" -H "Authorization: Bearer YOUR_API_TOKEN" -H "Accept: application/json"
curl "http://api.example.com/data/user/projects/a24a6ea4-ce75-4665-a070-57453082c25/asset-types/b35b7fb5-df86-5776-b181-68564193d36/assets" -H "Authorization: Bearer YOUR_API_TOKEN" -H "Accept: application/json"
curl "http://api.example.com/data/user/projects/a24a6ea4-ce75-4665-a070-57453082c25/sequences" -H"Authorization: Bearer YOUR_API_TOKEN" -H "Accept: application/json"
curl "http://api.example.com/data/user/sequences/a24a6ea4-ce75-4665-a070-57453082c25/shots" -H "Authorization: Bearer YOUR_API_TOKEN" -H "Accept: application/json"
curl "http://api.example.com/data/user/sequences/a24a6ea4-ce75-4665-a070-57453082c25/scenes" -H "Authorization: Bearer YOUR_API_TOKEN" -H "Accept: application/json"
curl "http://api.example.com/data/user/shots/a24a6ea4-ce75-4665-a070-57453082c25/tasks"  -H "Authorization: Bearer YOUR_API_TOKEN"  -H "Accept: application/json"
curl "http://api.example.com/data/user/assets/a24a6ea4-ce75-4665-a070-57453082c25/tasks"  -H "Authorization: Bearer YOUR_API_TOKEN"  -H "Accept: application/json"
curl "http://api.example.com/data/user/assets/a24a6ea4-ce75-4665-a070-57453082c25/task-types"  -H "Authorization: Bearer YOUR_API_TOKEN"  -H "Accept: application/json"
curl "http://api.example.com/data/user/shots/a24a6ea4-ce75-4665-a070-57453082c25/task-types"  -H "Authorization: Bearer YOUR_API_TOKEN"  -H "Accept: application/json"
"""

LOGOUT = 'curl "http://api.example.com/auth/logout" -H "Authorization: Bearer YOUR_API_TOKEN"\n'


@pytest.fixture(name="base", params=["", "/api"])
def fixture_base(stack, request):
    """Where the page's paths begin."""
    return stack.url + request.param


def curl(stack, sample, base, token=None):
    """A curl line as a shell runs it: the status and what the body says."""
    text = sample.replace("https://zou-server-url/api", base).replace(BARE, base)
    assert "example" not in text.replace("@example.org", "")
    for placeholder in (JWT, "YOUR_API_TOKEN"):
        text = text.replace(placeholder, token or placeholder)
    text = text.replace("curl ", "curl -sS -w '\\n%{http_code}' ", 1)
    done = subprocess.run(["bash", "-e"], input=text, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "NO_PROXY": "127.0.0.1"}, cwd=stack.state, check=False)
    assert done.returncode == 0, done.stderr
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body)


def log_in(stack, base, name):
    text = LOGIN.replace("admin@example.com", email_of(name)).replace("mysecretpassword", PASSWORD)
    status, body = curl(stack, text, base)
    assert status == 200 and body["login"] is True
    return body


def person_of(base, stack):
    name = "page" + re.sub("[^a-z]", "", base)
    if not stack.sql("select 1 from postern.account where username = %s", (name,)):
        stack.register(name)
    return name


def test_the_pages_curl_lines_from_the_login_to_the_log_out(stack, base):
    name = person_of(base, stack)
    tokens = log_in(stack, base, name)
    token = tokens["access_token"]
    status, body = curl(stack, AUTHENTICATED, base, token)
    assert (status, body["authenticated"], body["user"]["email"]) == (200, True, email_of(name))
    assert curl(stack, PROJECTS, base, token) == (200, [])
    status, body = curl(stack, CONTEXT, base, token)
    assert status == 200 and body["projects"] == [] and "user" not in body
    assert [curl(stack, line, base, token) for line in LISTS.splitlines()] == [(200, [])] * 10
    assert curl(stack, LOGOUT, base, token) == (200, {"logout": True})
    assert curl(stack, AUTHENTICATED, base, token) == REVOKED
    assert curl(stack, LOGOUT, base, token) == REVOKED


def test_the_pages_lines_are_refused_without_a_token(stack, base):
    for line in (AUTHENTICATED, PROJECTS, CONTEXT, LOGOUT, *LISTS.splitlines()):
        status, body = curl(stack, line, base, "garbage")
        assert (status, body) == (422, {"msg": "Not enough segments"}), line
        anonymous = re.sub(r'-H ?"Authorization: [^"]*"', "", line)
        status, body = curl(stack, anonymous, base)
        assert status == 401 and body["msg"].startswith("Missing JWT"), line


def test_the_token_of_a_bot_reads_but_is_nobodys_desk(stack, base):
    chief = chief_of(stack)
    bot = chief.new_bot("Page", email_of("pagebot" + re.sub("[^a-z]", "", base)))["access_token"]
    assert bot.startswith(JWT.split(".", maxsplit=1)[0]), "it begins as the page's token does"
    assert curl(stack, AUTHENTICATED, base, bot)[0] == 200
    assert curl(stack, PROJECTS, base, bot) == (200, [])
    for line in (CONTEXT, LOGOUT, *LISTS.splitlines()):
        assert curl(stack, line, base, bot)[0] == 403, line


def test_a_token_of_a_persons_own_scripts_does_all_of_it(stack, base):
    name = person_of(base, stack)
    person = KitsuClient(host_of(stack))
    me = person.log_in(email_of(name), PASSWORD)["user"]["id"]
    token = person.update_bot({"id": me, "expiration_date": None})["access_token"]
    for line in (AUTHENTICATED, PROJECTS, CONTEXT, *LISTS.splitlines(), LOGOUT, AUTHENTICATED):
        assert curl(stack, line, base, token)[0] == 200, line


def test_the_page_where_a_leak_is_mended_by_regenerating(stack):
    chief = chief_of(stack)
    made = chief.new_bot("Leaky", email_of("leaky"))
    renewed = chief.update_bot({"id": made["id"], "expiration_date": None})["access_token"]
    base = stack.url + "/api"
    assert curl(stack, AUTHENTICATED, base, made["access_token"]) == REVOKED
    assert curl(stack, AUTHENTICATED, base, renewed)[0] == 200


# --- browsers ------------------------------------------------------------------------------------


def browser(stack, prefix="/api"):
    client = KitsuClient(stack.url + prefix)
    client.headers = lambda _token: {"User-Agent": CHROME, "Origin": stack.url}
    return client


def cookies_of(answer):
    """name -> (value, attributes) of each Set-Cookie."""
    cookies = {}
    for line in answer.raw.headers.getlist("Set-Cookie"):
        first, *attributes = line.split("; ")
        name, value = first.split("=", 1)
        cookies[name] = (value, set(attributes))
    return cookies


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_browser_gets_cookies_and_lives_by_them(stack, prefix):
    name = "tab" + prefix.strip("/")
    stack.register(name)
    tab = browser(stack, prefix)
    told = tab.log_in(email_of(name), PASSWORD)
    cookies = cookies_of(tab.answers[-1])
    common = {"HttpOnly", "SameSite=Lax", "Max-Age=31540000"}
    assert cookies["access_token_cookie"][1] == common | {"Path=/"}
    assert cookies["refresh_token_cookie"][1] == common | {f"Path={prefix}/auth/refresh-token"}
    first = cookies["access_token_cookie"][0]
    assert ask(stack, first)[0] == 200 and told["login"] is True
    assert tab.get_current_user()["email"] == email_of(name)
    assert tab.get("auth/refresh-token") == {"refresh": True}
    refreshed = cookies_of(tab.answers[-1])
    assert refreshed["access_token_cookie"][0] not in ("", first)
    assert refreshed["refresh_token_cookie"][0] == ""
    assert tab.get("auth/logout") == {"logout": True}
    cleared = cookies_of(tab.answers[-1])
    assert [cleared[name][0] for name in sorted(cleared)] == ["", ""]
    assert ask(stack, first) == ask(stack, refreshed["access_token_cookie"][0]) == REVOKED


def test_a_page_of_elsewhere_changes_nothing_by_a_cookie(stack):
    stack.register("victim")
    tab = browser(stack)
    me = tab.log_in(email_of("victim"), PASSWORD)["user"]["id"]
    token = cookies_of(tab.answers[-1])["access_token_cookie"][0]
    cookie = {"Cookie": f"access_token_cookie={token}", "User-Agent": CHROME}
    path = f"/api/data/persons/{me}"
    for more in ({"Origin": ELSEWHERE}, {"Sec-Fetch-Site": "cross-site"},
                 {"Origin": "null"}, {"Referer": ELSEWHERE + "/page"}):
        answers = [stack.request("PUT", path, json={"expiration_date": None},
                                 headers={**cookie, **more}),
                   stack.get("/api/auth/logout", headers={**cookie, **more})]
        assert [answer.status_code for answer in answers] == [403, 403], more
    refresh = {"Cookie": f"refresh_token_cookie={tab.http.cookies.get('refresh_token_cookie')}",
               "User-Agent": CHROME, "Origin": ELSEWHERE}
    assert stack.get("/api/auth/refresh-token", headers=refresh).status_code == 403
    login = stack.post("/api/auth/login", {"email": email_of("victim"), "password": PASSWORD},
                       headers={"User-Agent": CHROME, "Origin": ELSEWHERE})
    assert login.status_code == 403 and "Set-Cookie" not in login.headers
    assert stack.get(path, headers=cookie).status_code == 200, "reading is no change"
    mended = stack.request("PUT", path, json={"first_name": "Vic"},
                           headers={**cookie, "Origin": stack.url})
    assert mended.status_code == 200, mended.text
    assert ask(stack, token)[1]["user"]["first_name"] == "Vic"


def test_a_bad_cookie_is_fatal_even_with_a_good_header(stack):
    client = signed_in(stack, "both")
    headers = {"Authorization": f"Bearer {client.access}", "Cookie": "access_token_cookie=garbage"}
    answer = stack.get("/api/auth/authenticated", headers=headers)
    assert (answer.status_code, answer.json()) == (422, {"msg": "Not enough segments"})
