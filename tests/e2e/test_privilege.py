"""What the workers' database role cannot do, and that nothing secret is written anywhere."""
import psycopg2
import pytest

from stack import PASSWORD


@pytest.mark.parametrize("statement", [
    "create table postern.x (a int)", "create table public.x (a int)", "drop table postern.account",
    "alter table postern.account add x int", "truncate postern.session", "create schema x",
    "update postern.audit set event = 'nothing'", "create role x", "set role postern_owner"])
def test_the_runtime_role_cannot_change_the_schema(stack, statement):
    with pytest.raises(psycopg2.Error):
        stack.sql(statement, role="postern")


def test_the_runtime_role_owns_nothing(stack):
    rows = stack.sql("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner"
                     " where r.rolname = 'postern'")
    assert rows == [(0,)]


def test_r5_neither_the_logs_nor_the_database_hold_a_secret(stack):
    tokens = stack.register_tokens("secretive")
    key = stack.post("/auth/v1/keys", {"name": "k"}, token=tokens["access_token"]).json()["key"]
    personal = stack.request("PUT", "/auth/v1/me/key", token=tokens["access_token"]).json()["key"]
    stack.get(f"/members/?access_token={tokens['access_token']}", token=tokens["access_token"])
    stack.get("/members/", key=key)
    stack.post("/auth/v1/login", {"login": "secretive", "password": PASSWORD + "x"})
    refreshed = stack.post("/auth/v1/refresh", {"refresh_token": tokens["refresh_token"]}).json()
    secrets = [PASSWORD, tokens["access_token"], tokens["refresh_token"], key, personal,
               refreshed["refresh_token"], stack.admin()["password"]]
    text = "".join(path.read_text(errors="replace") for path in (stack.state / "log").glob("*.log"))
    assert "secretive" not in text, "names are not logged either"
    for table in ("account", "session", "api_key", "signing_key", "invite", "totp", "mail", "audit",
                  "known_network"):
        text += "\n".join(row[0] for row in stack.sql(f"select t::text from postern.{table} t"))
    for secret in secrets:
        assert secret not in text
        assert secret.split("_")[-1][:20] not in text
