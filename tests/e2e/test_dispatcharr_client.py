"""The sample client of the Dispatcharr document, unchanged but for the host, run for longer than two
refreshes, and with a generated key in both headers. Access tokens live for 3 seconds here, so that
what it holds on to really expires; its own clock of 5 minutes is set back for that."""
import time
from datetime import datetime, timedelta

import pytest
import requests

from stack import PASSWORD

CONFIG = """
[session.dispatcharr]
access_seconds = 8
[dispatcharr]
logins_per_minute = 0
"""


class DispatcharrClient:
    def __init__(self, base_url, username, password):
        self.base_url = base_url
        self.username = username
        self.password = password
        self.access_token = None
        self.refresh_token = None
        self.token_expires_at = None
        self._authenticate()

    def _authenticate(self):
        response = requests.post(
            f"{self.base_url}/api/accounts/token/",
            json={"username": self.username, "password": self.password}
        )
        data = response.json()
        self.access_token = data["access"]
        self.refresh_token = data["refresh"]
        # Tokens typically expire after 5 minutes
        self.token_expires_at = datetime.now() + timedelta(minutes=5)

    def _refresh_token(self):
        response = requests.post(
            f"{self.base_url}/api/accounts/token/refresh/",
            json={"refresh": self.refresh_token}
        )
        data = response.json()
        self.access_token = data["access"]
        self.token_expires_at = datetime.now() + timedelta(minutes=5)

    def _get_headers(self):
        # Refresh token if it's about to expire
        if datetime.now() >= self.token_expires_at - timedelta(seconds=30):
            self._refresh_token()

        return {"Authorization": f"Bearer {self.access_token}"}

    def get_channels(self):
        response = requests.get(
            f"{self.base_url}/api/channels/",
            headers=self._get_headers()
        )
        return response.json()


@pytest.fixture(autouse=True)
def fixture_no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def channels(name):
    return [{"id": 1, "name": "Sample channel", "shown_to": name}]


def pass_five_minutes(client):
    """For the client: its token is about to expire. For the server: it has expired."""
    time.sleep(8.1)
    client.token_expires_at = datetime.now()


def test_sample_client_works_for_longer_than_two_refreshes(stack):
    stack.register("viewer")
    client = DispatcharrClient(stack.url, "viewer", PASSWORD)
    first_refresh_token = client.refresh_token
    assert client.get_channels() == channels("viewer")
    seen = {client.access_token}
    for _ in range(3):
        stale = client.access_token
        pass_five_minutes(client)
        assert stack.get("/api/channels/", token=stale).status_code == 401
        assert client.get_channels() == channels("viewer")
        seen.add(client.access_token)
    assert len(seen) == 4
    assert client.refresh_token == first_refresh_token, "this client never takes up a new one"


def test_sample_client_works_on_after_key_generation_and_both_key_headers_do(stack):
    stack.register("keyed")
    client = DispatcharrClient(stack.url, "keyed", PASSWORD)
    made = stack.post("/api/accounts/api-keys/generate/", {}, token=client.access_token)
    assert made.status_code == 201
    key = made.json()["key"]
    assert stack.get("/api/channels/", key=key).json() == channels("keyed")
    header = {"Authorization": f"ApiKey {key}"}
    assert stack.get("/api/channels/", headers=header).json() == channels("keyed")
    assert stack.get("/api/accounts/api-keys/", headers=header).status_code == 200
    pass_five_minutes(client)
    assert client.get_channels() == channels("keyed")
    assert stack.get("/api/channels/", key=key).json() == channels("keyed")
    revoked = stack.post("/api/accounts/api-keys/revoke/", {}, token=client.access_token)
    assert revoked.json() == {"success": True}
    assert stack.get("/api/channels/", key=key).status_code == 401
    assert stack.get("/api/channels/", headers=header).status_code == 401


def test_r2_r3_first_token_works_until_a_successor_is_used(stack):
    stack.register("adopter")
    client = DispatcharrClient(stack.url, "adopter", PASSWORD)

    def refresh(token):
        return stack.post("/api/accounts/token/refresh/", {"refresh": token})

    successors = {refresh(client.refresh_token).json()["refresh"] for _ in range(3)}
    assert len(successors) == 1
    successor = successors.pop()
    adopted = refresh(successor)
    assert adopted.status_code == 200
    assert refresh(client.refresh_token).status_code == 401, "now it is a grandparent"
    assert refresh(adopted.json()["refresh"]).status_code == 401, "and the session is dead"
    assert stack.get("/api/channels/", token=adopted.json()["access"]).status_code == 401


def test_the_documents_curl_lines(stack):
    stack.register("curler")
    for path in ("/api/accounts/token/", "/api/accounts/auth/login/"):
        pair = stack.post(path, {"username": "curler", "password": PASSWORD}).json()
        assert set(pair) == {"access", "refresh"}
        assert pair["access"].startswith("eyJ")
        assert stack.get("/api/channels/", token=pair["access"]).status_code == 200
    admin = stack.admin()
    token = stack.post("/api/accounts/token/", {"username": admin["username"],
                                                "password": admin["password"]}).json()["access"]
    listed = stack.get("/api/accounts/api-keys/", token=token)
    assert listed.status_code == 200
    users = {user["username"]: user["id"] for user in
             stack.get("/api/accounts/users/", token=token).json()}
    made = stack.post("/api/accounts/api-keys/", {"user": users["curler"]}, token=token)
    assert made.status_code == 201
    key = made.json()["key"]
    assert stack.get("/api/channels/", key=key).json() == channels("curler")
    path = f"/api/accounts/api-keys/{made.json()['id']}/"
    assert stack.request("DELETE", path, token=token).status_code == 204
    assert stack.get("/api/channels/", key=key).status_code == 401
