"""How agent clients (the MCP SDK, as its source reads) find and read an authorization server. Only
what decides whether they can go on."""
import json
import re
from urllib.parse import urlsplit

VERSION = {"MCP-Protocol-Version": "2025-11-25", "Accept": "application/json"}


def read_challenge(answer):
    """resource_metadata, scope and error of a 401 or 403, if its first scheme is Bearer."""
    header = answer.headers.get("WWW-Authenticate", "")
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "bearer":
        return {}
    return {name: quoted or bare
            for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', rest)}


def document(http, url):
    """None for a 4xx; anything else must be a document that can be read."""
    answer = http.get(url, headers=VERSION, allow_redirects=False, timeout=30)
    if 400 <= answer.status_code < 500:
        return None
    assert answer.status_code == 200, url
    return json.loads(answer.text)


def find_resource(http, url, challenge):
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-protected-resource"
    told = None
    if "resource_metadata" in challenge:
        told = document(http, challenge["resource_metadata"])
    else:
        told = document(http, root + parts.path) or document(http, root)
    assert told is not None
    at = urlsplit(told["resource"])
    assert (at.scheme, at.netloc) == (parts.scheme, parts.netloc)
    assert parts.path.startswith(at.path.rstrip("/"))
    return told


def places_of(issuer):
    """In the order in which they are tried."""
    parts = urlsplit(issuer)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if not path:
        return [origin + "/.well-known/oauth-authorization-server",
                origin + "/.well-known/openid-configuration"]
    return [origin + "/.well-known/oauth-authorization-server" + path,
            origin + "/.well-known/openid-configuration" + path,
            origin + path + "/.well-known/openid-configuration"]


def check(told, issuer):
    """What the schema and the second version of the SDK demand."""
    assert told["issuer"] == issuer
    assert "code" in told["response_types_supported"]
    assert "S256" in told["code_challenge_methods_supported"]
    assert "none" in told["token_endpoint_auth_methods_supported"]
    assert None not in told.values()
    for name in ("authorization_endpoint", "token_endpoint", "registration_endpoint", "jwks_uri"):
        assert urlsplit(told[name]).netloc, name
    assert told["subject_types_supported"] and told["id_token_signing_alg_values_supported"]
    return told


def find_issuer(http, issuer):
    for url in places_of(issuer):
        told = document(http, url)
        if told is not None:
            return check(told, issuer)
    raise AssertionError("the client would fall back to /authorize at the root")
