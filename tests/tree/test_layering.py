"""The dependency law: cli -> handlers -> domain, handlers -> fcgi, and no arrow back; each library
in its own place only."""
import re

import pytest

from tree import AREAS, SOURCE, cpp_files, name

MAY_INCLUDE = {
    "fcgi": {"fcgi"},
    "domain": {"domain"},
    "handlers": {"handlers", "domain", "fcgi"},
    "cli": {"cli", "handlers", "domain", "fcgi"},
}
# Which headers of libraries may stand where: everything else is refused.
LIBRARIES = {
    r"fcgiapp\.h|fcgi_stdio\.h|fcgios\.h|fcgimisc\.h|fastcgi\.h": ("fcgi/",),
    r"pqxx/.*": ("domain/database.cpp", "domain/migrate.cpp"),
    r"libpq-fe\.h": ("domain/connection_string.cpp", "domain/notification_channel.cpp"),
    r"json/.*": ("handlers/", "cli/"),
    r"sodium\.h": ("domain/", "fcgi/request_id.cpp"),
    r"openssl/.*": ("domain/", "handlers/sso/"),
    r"oath\.h": ("domain/totp_code.cpp",),
    r"qrcodegen/.*": ("handlers/qr_svg.cpp",),
    r"spdlog/.*": ("fcgi/",),
    r"CLI/.*": ("cli/",),
    r"toml\+\+/.*|toml\.hpp": ("cli/",),
    r"curl/.*": ("cli/mail/", "handlers/sso/"),
    r"kainjow/.*": ("cli/mail/", "handlers/oauth/page_template.cpp"),
    r"gtest/.*|gmock/.*": (),
}


def includes(path):
    return re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', path.read_text(), re.M)


@pytest.mark.parametrize("area", AREAS)
def test_arrows_point_one_way(area):
    files = cpp_files(area)
    assert files
    wrong = [f"{name(path)} includes {header}" for path in files
             for _, header in includes(path)
             if header.split("/")[0] in (*AREAS, "tests", "bench")
             and header.split("/")[0] not in MAY_INCLUDE[area]]
    assert wrong == []


@pytest.mark.parametrize("pattern", LIBRARIES)
def test_each_library_stays_in_its_place(pattern):
    places = LIBRARIES[pattern]
    wrong = [f"{name(path)} includes {header}" for path in cpp_files(*AREAS)
             for _, header in includes(path)
             if re.fullmatch(pattern, header) and not name(path).startswith(tuple(places) or "\0")]
    assert wrong == []


def test_own_headers_are_named_from_the_root_of_the_source():
    missing = [f"{name(path)} includes \"{header}\"" for path in cpp_files(*AREAS, "tests")
               for mark, header in includes(path)
               if mark == '"' and not (SOURCE / header).exists()]
    assert missing == []


def test_headers_are_included_once():
    assert [name(path) for path in cpp_files(*AREAS, "tests") if path.suffix == ".hpp"
            and not path.read_text().startswith("#pragma once\n")] == []


def test_domain_knows_no_words_of_the_web():
    words = re.compile(r"\b(http_status|HttpStatus|status_code|Set-Cookie|Content-Type|"
                       r"WWW-Authenticate|Retry-After|text/html|application/json)\b")
    wrong = [f"{name(path)}: {found.group(0)}" for path in cpp_files("domain")
             for found in words.finditer(path.read_text())]
    assert wrong == []
