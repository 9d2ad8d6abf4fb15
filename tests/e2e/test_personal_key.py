"""Rule R4: one personal key an account, whoever generates it and however many do at once."""
from load import at_once


def live_keys(stack, username):
    return stack.sql("select count(*) from postern.api_key k join postern.account a"
                     " on a.id = k.account_id where a.username = %s and k.kind = 2"
                     " and k.revoked_at is null", (username,))[0][0]


def opens(stack, key):
    return stack.get("/members/", key=key).status_code


def workers_that_refused(stack):
    return {entry["pid"] for entry in stack.log_entries()
            if entry.get("door") == "gate" and entry.get("status") == 401}


def gate_workers(stack):
    return {entry["pid"] for entry in stack.log_entries() if entry.get("door") == "gate"}


def test_r4_fifty_at_once_leave_one_live_key(stack):
    token = stack.register("fifty")
    answers = at_once(50, lambda _, http: stack.request("PUT", "/auth/v1/me/key", token=token,
                                                        session=http))
    assert {answer.status_code for answer in answers} == {201}
    keys = [answer.json()["key"] for answer in answers]
    assert len(set(keys)) == 50
    assert live_keys(stack, "fifty") == 1
    assert sorted(opens(stack, key) for key in keys) == [200] + [401] * 49


def test_r4_r6_the_old_key_refuses_from_the_answer_on_in_every_worker(stack):
    token = stack.register("replace")
    for _ in range(5):
        old = stack.request("PUT", "/auth/v1/me/key", token=token).json()["key"]
        assert [opens(stack, old) for _ in range(8)] == [200] * 8
        new = stack.request("PUT", "/auth/v1/me/key", token=token).json()["key"]
        refused = at_once(16, lambda _, http, k=old: stack.get("/members/", key=k, session=http))
        assert {answer.status_code for answer in refused} == {401}
        assert opens(stack, new) == 200
    assert workers_that_refused(stack) == gate_workers(stack), "some worker was never asked"


def test_r4_both_doors_share_the_one_key(stack):
    token = stack.register("doors")
    access = stack.post("/api/accounts/token/", {"username": "doors",
                                                 "password": "correct horse battery"}).json()["access"]
    native = stack.request("PUT", "/auth/v1/me/key", token=token).json()["key"]
    generated = stack.post("/api/accounts/api-keys/generate/", {}, token=access)
    assert generated.status_code == 201
    assert opens(stack, native) == 401
    assert opens(stack, generated.json()["key"]) == 200
    assert stack.request("DELETE", "/auth/v1/me/key", token=token).status_code == 204
    assert opens(stack, generated.json()["key"]) == 401
    assert live_keys(stack, "doors") == 0
