"""What script/server prints when it is ready."""
import secrets

TEXT = """
Postern is ready: http://127.0.0.1:{port}/
  the administrator's name and password:  {admin}{gone}
  configuration and logs:                 {state}/postern.toml, {state}/log/

Try it. These four lines work when pasted one after the other:

curl -sS {base}/auth/v1/register -H 'Content-Type: application/json' -d '{{"username":"{name}","email":"{name}@example.org","password":"{password}"}}'; echo
TOKEN=$(curl -sS {base}/auth/v1/login -H 'Content-Type: application/json' -d '{{"login":"{name}","password":"{password}"}}' | sed -n 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/p'); echo "$TOKEN"
curl -sS {base}/members/ -H "Authorization: Bearer $TOKEN"
curl -sS {base}/auth/v1/keys -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"name":"my first key"}}'; echo"""


def greeting(places, port):
    """Another visitor each time, so that the lines also work after a restart."""
    gone = "" if places.admin.exists() else (
        " (removed; `postern account password admin` sets another)")
    name = "visitor-" + secrets.token_hex(3)
    return TEXT.format(port=port, base=f"http://127.0.0.1:{port}", admin=places.admin, gone=gone,
                       state=places.state, name=name, password=secrets.token_urlsafe(15))
