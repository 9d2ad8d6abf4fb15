"""A site behind Postern that clients of OAuth come to, and a client of our own that says exactly
what a test wants it to say."""
import base64
import hashlib
import json
import secrets
from urllib.parse import urlencode

from authlib.jose import JsonWebKey, JsonWebSignature

from oauth_browser import Browser, query_of
from stack import wait_for

BACK = "https://app.example/back"
ELSEWHERE = "https://elsewhere.example/api"

RESOURCES = """
[[oauth.resource]]
uri = "@URL@/members"
name = "The members' pages"
scopes = ["posts.read", "posts.compose", "clients.manage"]

[[oauth.resource]]
uri = "@URL@/staff"
name = "The staff's pages"
scopes = ["admin"]

[[oauth.resource]]
uri = "https://elsewhere.example/api"
name = "Something that checks tokens by itself"
scopes = ["posts.read", "submit"]
"""

RULES = """
[[gate.rule]]
path = "/open/**"
allow = "public"

[[gate.rule]]
path = "/members/read/**"
allow = "permission:posts.read"

[[gate.rule]]
path = "/members/compose/**"
allow = "permission:posts.compose"

[[gate.rule]]
path = "/members/manage/**"
allow = "permission:clients.manage"

[[gate.rule]]
path = "/members/**"
allow = "signed_in"

[[gate.rule]]
path = "/staff/**"
allow = "permission:admin"
"""


def configured(oauth="", resources=RESOURCES, more=""):
    """The site's configuration, without limits that hundreds of clients of one machine would run
    into. `oauth`: more keys of that table."""
    return f"""
[registration]
per_network_per_hour = 1000

[oauth]
registrations_per_network_per_hour = 100000
equal_registrations = 1000
device_interval_seconds = 1
{oauth}
{resources}{RULES}{more}"""


CONFIG = configured()

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


def challenge_of(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def part_of_jwt(token, index):
    part = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def header_of(token):
    return part_of_jwt(token, 0)


def claims_of(token):
    return part_of_jwt(token, 1)


def metadata(stack):
    return stack.get("/.well-known/oauth-authorization-server").json()


def members(stack):
    return stack.url + "/members"


class Key:
    """A key pair of a client's: signs assertions and DPoP proofs."""

    def __init__(self, kid="mine"):
        self.key = JsonWebKey.generate_key("EC", "P-256", is_private=True)
        self.public = {**json.loads(self.key.as_json(is_private=False)), "kid": kid}

    def sign(self, header, claims):
        return JsonWebSignature().serialize_compact({"alg": "ES256", **header}, json.dumps(claims),
                                                    self.key).decode()

    def thumbprint(self):
        return self.key.thumbprint()

    def proof(self, method, url, now, token=None, header=None, **claims):
        """A DPoP proof (RFC 9449); claims and header members of None are left out."""
        jwk = {name: self.public[name] for name in ("kty", "crv", "x", "y")}
        all_claims = {"htm": method, "htu": url, "iat": int(now), "jti": secrets.token_hex(16)}
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            all_claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        all_claims.update(claims)
        return self.sign({"typ": "dpop+jwt", "jwk": jwk, **(header or {})},
                         {name: value for name, value in all_claims.items() if value is not None})

    def assertion(self, client_id, audience, now, header=None, **claims):
        """A client's proof of who it is (RFC 7523)."""
        all_claims = {"iss": client_id, "sub": client_id, "aud": audience, "iat": int(now),
                      "exp": int(now) + 60, "jti": secrets.token_hex(16), **claims}
        return self.sign({"kid": self.public["kid"], **(header or {})},
                         {name: value for name, value in all_claims.items() if value is not None})


class Answer:
    """What came back at the client's address, with the verifier that belongs to it."""

    def __init__(self, url, verifier):
        self.url, self.verifier = url, verifier
        self.query = query_of(url)

    @property
    def code(self):
        assert "code" in self.query, self.url
        return self.query["code"]


class App:
    """A client that has registered itself; all requests authenticate as it registered."""

    def __init__(self, stack, registration):
        self.stack, self.told = stack, registration
        self.client_id = registration["client_id"]
        self.secret = registration.get("client_secret")
        self.method = registration["token_endpoint_auth_method"]
        self.redirect_uri = (registration.get("redirect_uris") or [None])[0]

    @classmethod
    def register(cls, stack, **wanted):
        answer = register(stack, **wanted)
        assert answer.status_code == 201, answer.text
        return cls(stack, answer.json())

    # --- at the authorization endpoint ---

    def question(self, verifier="v" * 43, **changes):
        """The address that a person is sent to. A parameter of None is left out."""
        wanted = {"response_type": "code", "client_id": self.client_id,
                  "redirect_uri": self.redirect_uri, "state": "a-state",
                  "scope": "posts.read", "code_challenge": challenge_of(verifier),
                  "code_challenge_method": "S256", **changes}
        return f"{self.stack.url}/oauth/authorize?" + urlencode(
            {name: value for name, value in wanted.items() if value is not None}, doseq=True)

    def answer(self, person, decision="allow", **changes):
        """A person (a name, or a browser) goes through the pages."""
        browser = Browser(self.stack, person) if isinstance(person, str) else person
        verifier = secrets.token_urlsafe(48)
        place = browser.go(self.question(verifier, **changes), decision)
        assert isinstance(place, str), f"{place.status} {place.text}"
        return Answer(place, verifier)

    # --- at the token endpoint and its like ---

    def post(self, path, form, headers=None, authenticate=True):
        form, auth = dict(form), None
        if authenticate and self.method == "client_secret_basic":
            auth = (self.client_id, self.secret)
        elif authenticate:
            form = {"client_id": self.client_id, **form}
            if self.method == "client_secret_post":
                form["client_secret"] = self.secret
        return self.stack.request("POST", path, data=form, auth=auth, headers=headers)

    def token(self, headers=None, **form):
        return self.post("/oauth/token", form, headers)

    def redeem(self, answer, headers=None, **changes):
        form = {"grant_type": "authorization_code", "code": answer.code,
                "redirect_uri": self.redirect_uri, "code_verifier": answer.verifier, **changes}
        return self.token(headers, **{k: v for k, v in form.items() if v is not None})

    def refresh(self, token, headers=None, **more):
        return self.token(headers, grant_type="refresh_token", refresh_token=token, **more)

    def tokens(self, person, **changes):
        """All of the way: what the token endpoint says in the end."""
        answer = self.redeem(self.answer(person, **changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def revoke(self, token, **more):
        return self.post("/oauth/revoke", {"token": token, **more})

    def introspect(self, token, **more):
        return self.post("/oauth/introspect", {"token": token, **more})

    def manage(self, method, token=None, **options):
        """RFC 7592: at the address that the registration named."""
        path = self.told["registration_client_uri"].removeprefix(self.stack.url)
        assert path.startswith("/"), path
        return self.stack.request(method, path,
                                  token=token or self.told["registration_access_token"], **options)


def register(stack, **wanted):
    body = {"client_name": "A client of the tests", "redirect_uris": [BACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none", **wanted}
    return stack.post("/oauth/register",
                      {name: value for name, value in body.items() if value is not None})


def made_by_admin(stack, **wanted):
    """A client of an administrator's making: the answer of POST /auth/v1/admin/clients."""
    answer = stack.post("/auth/v1/admin/clients", wanted, token=stack.admin_token())
    assert answer.status_code == 201, answer.text
    return answer.json()


def account_id(stack, name):
    return str(stack.sql("select id from postern.account where username = %s", (name,))[0][0])


def change_account(stack, name, **changes):
    """As an administrator does it."""
    answer = stack.request("PATCH", f"/auth/v1/admin/accounts/{account_id(stack, name)}",
                           json=changes, token=stack.admin_token())
    assert answer.status_code == 200, answer.text


def not_stored(answer):
    """Whether nobody on the way may keep it."""
    return (answer.headers["Cache-Control"], answer.headers.get("Pragma")) == ("no-store",
                                                                               "no-cache")


def is_refused(answer, status, error):
    """Whether it is an error of RFC 6749 section 5.2, whole and readable."""
    body = answer.json()
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert isinstance(body["error"], str)
    assert isinstance(body.get("error_description", ""), str)
    assert answer.headers["Cache-Control"] == "no-store"
    return (answer.status_code, body["error"]) == (status, error)


def gone(stack, path, token, seconds=2):
    """Waits until the gate refuses a token; tells at which question."""
    count = 0

    def refused():
        nonlocal count
        count += 1
        return stack.get(path, token=token).status_code == 401
    wait_for(refused, seconds, f"the end of a token at {path}")
    return count
