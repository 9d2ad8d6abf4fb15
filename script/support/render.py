"""Writes what the programs of a stack read: postern.toml, nginx.conf with the snippets as they are
installed elsewhere, and the sample site. All of it is written again at each start."""
import os
import pathlib
import shutil

SOURCE = pathlib.Path(__file__).resolve().parents[2]
INSTALLED_RUN = "/run/postern/"  # where the snippets look for the sockets

# Who answers for a production's data, in the Kitsu dialect.
KITSU_OWN = "    include snippets/postern-kitsu-data.conf;"
KITSU_UPSTREAM = """\
    location ^~ /api/data/ {
      include snippets/postern-kitsu-upstream.conf;
      include snippets/postern-identity-proxy.conf;
      proxy_pass http://sample_application;
    }"""


# An issuer with a path (nginx/postern-oauth.conf): what programs ask, and the pages.
OAUTH_BELOW = """\
    location ^~ @PATH@/oauth/ { include snippets/postern-oauth-location.conf; }
    location ^~ @PATH@/.well-known/ { include snippets/postern-oauth-location.conf; }
    location ^~ @PATH@/oauth/sign-in/ { include snippets/postern-oauth-page.conf; }"""
OAUTH_PAGE = "    location = @PATH@/oauth/@PAGE@ { include snippets/postern-oauth-page.conf; }"
OAUTH_PAGES = ("authorize", "sign-in", "consent", "device", "logout")


def oauth_below(path):
    if not path:
        return ""
    pages = [OAUTH_PAGE.replace("@PAGE@", page) for page in OAUTH_PAGES]
    return "\n".join([OAUTH_BELOW, *pages]).replace("@PATH@", path)


def fill(template, values):
    text = (SOURCE / "script" / "templates" / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    return text


def write(path, text, group=None, mode=0o644):
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    if group is not None:
        os.chown(path, -1, group)
    path.chmod(mode)


def write_postern_config(places, users, postgres, port):
    write(places.data / "postern.toml", fill("postern.toml", {
        "PORT": port, "DATA": places.data.resolve(), "RUN": places.run,
        "GROUP": users.web_group,
        "URL": postgres.url("postern"), "OWNER_URL": postgres.url("postern_owner"),
    }), group=users.app.gid if users.root else None, mode=0o640 if users.root else 0o600)


def write_nginx(places, users, port, issuer_path):
    nginx = places.data / "nginx"
    for snippet in sorted((SOURCE / "nginx").glob("*.conf")):
        text = snippet.read_text().replace(INSTALLED_RUN, f"{places.run}/fcgi/")
        write(nginx / "snippets" / snippet.name, text)
    shutil.copyfile("/etc/nginx/mime.types", nginx / "mime.types")
    write(nginx / "nginx.conf", fill("nginx.conf", {
        "USER": "user www-data;" if users.root else "", "PORT": port, "RUN": places.run,
        "KITSU_DATA": KITSU_UPSTREAM if os.environ.get("POSTERN_SAMPLE_STUDIO") == "1"
                      else KITSU_OWN,
        "OAUTH_BELOW": oauth_below(issuer_path),
    }))


def copy_site(places):
    site = places.data / "site"
    shutil.rmtree(site)
    shutil.copytree(SOURCE / "web" / "sample", site)
    for path in (site, *site.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
