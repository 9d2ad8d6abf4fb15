"""Rule R6: what was taken away is refused by the very next request, on every worker, access tokens
included."""
import pytest

from load import at_once
from stack import PASSWORD


def everywhere(stack, path="/members/", count=24, **credential):
    """The statuses that many requests at once get, so that every worker is asked."""
    answers = at_once(count, lambda _, http: stack.get(path, session=http, **credential))
    return {answer.status_code for answer in answers}


def account_id(stack, token):
    return stack.get("/auth/v1/me", token=token).json()["id"]


def administer(stack, token, change):
    path = f"/auth/v1/admin/accounts/{account_id(stack, token)}"
    answer = stack.request("PATCH", path, json=change, token=stack.admin_token())
    assert answer.status_code == 200, answer.text
    return answer


def refused_everywhere(stack, tokens):
    refresh = stack.post("/auth/v1/refresh", {"refresh_token": tokens["refresh_token"]})
    return (everywhere(stack, token=tokens["access_token"]) == {401}
            and everywhere(stack, "/auth/v1/me", token=tokens["access_token"]) == {401}
            and refresh.status_code == 401)


def test_r6_log_out(stack):
    tokens, other = stack.register_tokens("leaver"), stack.login("leaver")
    assert everywhere(stack, token=tokens["access_token"]) == {200}
    assert stack.post("/auth/v1/logout", token=tokens["access_token"]).status_code == 204
    assert refused_everywhere(stack, tokens)
    assert everywhere(stack, token=other["access_token"]) == {200}, "the other session lives on"


def test_r6_log_out_everywhere(stack):
    tokens, other = stack.register_tokens("leaver-all"), stack.login("leaver-all")
    assert stack.post("/auth/v1/logout?all=true", token=tokens["access_token"]).status_code == 204
    assert refused_everywhere(stack, tokens)
    assert refused_everywhere(stack, other)


def test_r6_disable_and_enable(stack):
    tokens = stack.register_tokens("disabled")
    key = stack.request("PUT", "/auth/v1/me/key", token=tokens["access_token"]).json()["key"]
    path = f"/auth/v1/admin/accounts/{account_id(stack, tokens['access_token'])}"
    disable = stack.request("PATCH", path, json={"is_active": False}, token=stack.admin_token())
    assert disable.status_code == 200
    assert refused_everywhere(stack, tokens)
    assert everywhere(stack, key=key) == {401}
    assert stack.post("/auth/v1/login", {"login": "disabled", "password": PASSWORD}).status_code == 401
    stack.request("PATCH", path, json={"is_active": True}, token=stack.admin_token())
    assert everywhere(stack, key=key) == {200}
    assert refused_everywhere(stack, tokens), "its sessions stay ended"


def test_r6_role_change_shows_on_the_next_request(stack):
    token = stack.register("climber")
    assert everywhere(stack, "/staff/", token=token) == {403}
    administer(stack, token, {"role": "admin"})
    assert everywhere(stack, "/staff/", token=token) == {200}
    assert "admin" in stack.get("/staff/", token=token).text
    administer(stack, token, {"role": "member"})
    assert everywhere(stack, "/staff/", token=token) == {403}
    assert everywhere(stack, "/auth/v1/admin/accounts", token=token) == {403}


def test_r6_password_change_ends_every_other_session(stack):
    mine, other = stack.register_tokens("changer"), stack.login("changer")
    answer = stack.post("/auth/v1/me/password", token=mine["access_token"], json={
        "current_password": PASSWORD, "new_password": "an entirely new one"})
    assert answer.status_code == 204
    assert refused_everywhere(stack, other)
    assert everywhere(stack, token=mine["access_token"]) == {200}
    assert stack.post("/auth/v1/login", {"login": "changer", "password": PASSWORD}).status_code == 401
    stack.login("changer", "an entirely new one")


def test_r6_revoked_key_and_deleted_account(stack):
    token = stack.register("gone")
    made = stack.post("/auth/v1/keys", {"name": "robot"}, token=token).json()
    assert everywhere(stack, key=made["key"]) == {200}
    assert stack.request("DELETE", f"/auth/v1/keys/{made['id']}", token=token).status_code == 204
    assert everywhere(stack, key=made["key"]) == {401}
    personal = stack.request("PUT", "/auth/v1/me/key", token=token).json()["key"]
    path = f"/auth/v1/admin/accounts/{account_id(stack, token)}"
    assert stack.request("DELETE", path, token=stack.admin_token()).status_code == 204
    assert everywhere(stack, key=personal) == {401}
    assert everywhere(stack, token=token) == {401}
    again = stack.register("gone")  # B7.21: the same name is another account
    assert everywhere(stack, token=token) == {401}
    assert everywhere(stack, token=again) == {200}


def test_r6_session_ended_from_the_list(stack):
    mine, other = stack.register_tokens("lister"), stack.login("lister")
    path = f"/auth/v1/sessions/{other['session_id']}"
    assert stack.request("DELETE", path, token=mine["access_token"]).status_code == 204
    assert refused_everywhere(stack, other)
    assert everywhere(stack, token=mine["access_token"]) == {200}


def test_r6_revoked_by_an_administrator(stack):
    tokens = stack.register_tokens("thrown-out")
    path = f"/auth/v1/admin/accounts/{account_id(stack, tokens['access_token'])}/sessions/revoke"
    assert stack.post(path, token=stack.admin_token()).status_code in (200, 204)
    assert refused_everywhere(stack, tokens)


@pytest.mark.parametrize("how", ["disable", "password"])
def test_r6_from_the_command_line(stack, how):
    tokens = stack.register_tokens(f"cli-{how}")
    if how == "disable":
        done = stack.cli("account", "disable", f"cli-{how}")
    else:
        done = stack.cli("account", "password", f"cli-{how}", "--password-stdin",
                         text="an entirely new one\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert refused_everywhere(stack, tokens)
