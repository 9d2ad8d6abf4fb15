"""Habits that a compiler does not check."""
import re

import pytest

from tree import AREAS, SOURCE, code_only, cpp_files, findings, name, tracked_files, without_comments

MAX_LINES = 400


# What may read a clock besides domain/clock.cpp, and why. None of it decides whether something is
# valid.
CLOCK_READERS = {
    "domain/clock.cpp": "it is the clock",
    "fcgi/gate_worker.cpp": "monotonic, measures an answer for the log",
    "fcgi/log.cpp": "says when a line was written",
    "fcgi/master.cpp": "says when a process was started",
    "fcgi/shared_segment.cpp": "monotonic, for the watchdog",
    "fcgi/resolver_worker.cpp": "monotonic, measures an answer for the log",
    "fcgi/wire.cpp": "monotonic, bounds a wait",
    "fcgi/worker.cpp": "monotonic, measures an answer for the log",
}
RANDOM_READERS = {
    "domain/random.cpp": "it is the random source",
    "fcgi/request_id.cpp": "ids for the log, made below the domain",
    "domain/password_hasher.cpp": "the hash that no password has; it protects nothing",
}


def elsewhere(lines, allowed):
    return [line for line in lines if line.split(":")[0] not in allowed]


def test_time_comes_from_the_clock_alone():
    clock = (r"_clock::now\s*\(|\bClock::now\s*\(|\btime\s*\(\s*(nullptr|NULL|0|&)|\bgettimeofday\b|"
             r"\bclock_gettime\b|\blocaltime|\bgmtime")
    assert elsewhere(findings(clock, cpp_files(*AREAS)), CLOCK_READERS) == []


def test_randomness_comes_from_one_place():
    source = (r"\b(s?rand|random|drand48|getrandom|arc4random\w*)\s*\(|\brandombytes_|"
              r"\brandom_device\b|\bmt19937|/dev/u?random|\bRAND_(priv_)?bytes\b")
    assert elsewhere(findings(source, cpp_files(*AREAS)), RANDOM_READERS) == []


def test_no_statement_asks_the_database_for_the_time():
    """But one: `postern doctor` compares the two clocks."""
    wrong = [f"{name(path)}: {statement}" for path, _, statement, text in statements()
             if re.search(r"\bnow\s*\(|\bcurrent_(timestamp|date|time)\b|clock_timestamp|"
                          r"statement_timestamp|\blocaltimestamp\b", text, re.I)]
    assert wrong == ["cli/doctor_database.cpp: database_clock"]


SQL = re.compile(r"\b(select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|"
                 r"create\s+(unique\s+)?(table|index|schema)\s|alter\s+table\s|grant\s+\w+\s+on\s)", re.I | re.S)
# The migrations' own bookkeeping and grants name roles, which no parameter can.
MAY_BUILD_SQL = ("domain/migrate.cpp",)


def statements():
    """(file, constant, name, text) of every `constexpr Statement`."""
    found = []
    for path in cpp_files(*AREAS):
        for match in re.finditer(r'Statement\s+(k\w+)\s*\{\s*"([^"]*)"\s*,\s*R"sql\((.*?)\)sql"\s*\}',
                                 path.read_text(), re.S):
            found.append((path, *match.groups()))
    return found


def test_there_are_statements():
    assert len(statements()) > 20


def test_B7_41_sql_stands_in_named_constants_only():
    wrong = []
    for path in cpp_files(*AREAS):
        if name(path) in MAY_BUILD_SQL:
            continue
        text = without_comments(path.read_text())
        rest = re.sub(r'Statement\s+k\w+\s*\{\s*"[^"]*"\s*,\s*R"sql\(.*?\)sql"\s*\}', "", text,
                      flags=re.S)
        for literal in re.findall(r'R"\w*\((.*?)\)\w*"|"((?:[^"\\\n]|\\.)*)"', rest, re.S):
            if SQL.search("".join(literal)):
                wrong.append(f"{name(path)}: {''.join(literal).strip()[:80]}")
    assert wrong == []


def test_B7_41_nothing_is_joined_to_a_statement():
    wrong = []
    for path in cpp_files(*AREAS):
        text = path.read_text()
        wrong += [f"{name(path)}: {match.group(0)}" for match in re.finditer(
            r'\)sql"\s*(\+|<<|\.|")|(\+|<<)\s*R"sql\(|\bk\w+\.text\s*(\+|<<)', text)]
    assert wrong == []


def test_statements_have_names_of_their_own():
    names = [statement[2] for statement in statements()]
    assert sorted(names) == sorted(set(names))
    assert [each for each in names if not re.fullmatch(r"[a-z][a-z0-9_]*", each)] == []


def test_no_two_statements_have_the_same_text():
    """The compiler makes one of equal literals, and prepared statements are known by their texts."""
    texts = [text for _, _, _, text in statements()]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []


def test_every_statement_is_used():
    wrong = []
    for path, constant, _, _ in statements():
        uses = len(re.findall(rf"\b{constant}\b", code_only(path.read_text())))
        if path.suffix == ".hpp":
            uses += sum(constant in other.read_text() for other in cpp_files(*AREAS)
                        if other != path)
        if uses < 2:
            wrong.append(f"{name(path)}: {constant}")
    assert wrong == []


def test_statements_name_tables_with_their_schema():
    tables = re.findall(r"create table postern\.(\w+)",
                        "".join(path.read_text() for path in (SOURCE / "sql").glob("*.sql")))
    assert "account" in tables
    wrong = []
    for path, constant, _, text in statements():
        bare = re.search(rf"\b(from|join|into|update)\s+({'|'.join(tables)})\b", text)
        if bare:
            wrong.append(f"{name(path)}: {constant}: {bare.group(0)}")
    assert wrong == []


def test_every_table_and_column_of_the_schema_is_explained():
    text = "\n".join(path.read_text() for path in sorted((SOURCE / "sql").glob("*.sql")))
    missing = []
    for table, body in re.findall(r"create table postern\.(\w+) \((.*?)\n\)", text, re.S):
        if f"comment on table postern.{table} is" not in text:
            missing.append(table)
        for column in re.findall(r"^  ([a-z_]+)\s+[a-z]", body, re.M):
            if column in ("primary", "unique", "check", "foreign", "constraint"):
                continue
            if f"comment on column postern.{table}.{column} is" not in text:
                missing.append(f"{table}.{column}")
    assert missing == []


def body_of(text, start):
    """From the brace at or after `start` to its partner."""
    begin = text.index("{", start)
    depth = 0
    for at in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin + 1:at]
    return text[begin:]


def signal_handlers():
    """(file, name, body) of every function that is installed as a handler, and of every function
    with C's handler signature."""
    found = []
    for path in cpp_files(*AREAS):
        text = code_only(path.read_text())
        installed = set(re.findall(r"sa_handler\s*=\s*&?(\w+)", text))
        installed |= set(re.findall(r"sa_sigaction\s*=\s*&?(\w+)", text))
        installed |= set(re.findall(r"\bsignal\s*\(\s*\w+\s*,\s*&?(\w+)\s*\)", text))
        if "sa_handler" in text:  # handed on as an argument: whatever has a handler's shape
            installed |= set(re.findall(r"\bvoid\s+(\w+)\s*\(\s*int(?:\s+\w+)?\s*\)\s*{", text))
        installed |= set(re.findall(r'extern\s+""\s*void\s+(\w+)\s*\(\s*int\b', text))
        for handler in installed - {"SIG_IGN", "SIG_DFL", "handler"}:
            definition = re.search(rf"\bvoid\s+{handler}\s*\(\s*int[^)]*\)\s*(noexcept\s*)?{{", text)
            if definition:
                found.append((path, handler, body_of(text, definition.start())))
        for use in re.finditer(r"sa_handler\s*=\s*\[[^\]]*\]\s*\(int[^)]*\)", text):
            found.append((path, "lambda", body_of(text, use.start())))
    return found


def test_there_are_signal_handlers():
    assert signal_handlers()


def test_CVE_2024_6387_signal_handlers_only_set_a_flag():
    wrong = []
    for path, handler, body in signal_handlers():
        for statement in filter(None, (part.strip() for part in body.split(";"))):
            harmless = re.fullmatch(r"(if\s*\([\w\s=!<>&|]+\)\s*)?[\w.:\[\]]+\s*(=|\+=|\|=)\s*[\w|:\s]+",
                                    statement)
            if not harmless:
                wrong.append(f"{name(path)}: {handler}: {statement}")
    assert wrong == []


def test_functions_that_are_never_safe_are_not_called():
    unsafe = (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|tmpnam|mktemp|alloca|"
              r"PQescape\w*|setjmp|longjmp)\s*\(|\.quote\s*\(|\.esc\s*\(")
    assert findings(unsafe, cpp_files(*AREAS)) == []


def test_R8_nothing_sleeps_in_a_worker():
    """But for a free hashing slot, within password.hash_wait_ms, and for a place among those who
    may wait for a provider of identities, a quarter of a second."""
    sleeping = findings(r"\bsleep_for\b|\busleep\s*\(|\bnanosleep\s*\(|\bsleep\s*\(",
                        cpp_files("handlers", "domain"))
    assert elsewhere(sleeping, ("domain/migrate.cpp", "domain/password_hasher.cpp",
                                "domain/pause.cpp", "handlers/sso/provider_memory.cpp")) == []
    # That one is the housekeeper's and the command line's.
    using = {name(path) for path in cpp_files(*AREAS) if '"domain/pause.hpp"' in path.read_text()}
    assert using == {"domain/pause.cpp", "domain/revocation_fence.cpp",
                     "domain/revocation_listener.cpp", "domain/revocation_poller.cpp"}


def test_sources_stay_one_idea_long():
    long = [f"{name(path)}: {lines}" for path in cpp_files(*AREAS)
            if (lines := path.read_text().count("\n")) > MAX_LINES]
    assert long == []


def test_code_is_ascii():
    wrong = []
    for path in cpp_files(*AREAS):
        for number, line in enumerate(code_only(path.read_text()).split("\n"), 1):
            if not line.isascii():
                wrong.append(f"{name(path)}:{number}: {line.strip()}")
    assert wrong == []


def text_files():
    for path in tracked_files():
        try:
            yield path, path.read_text()
        except UnicodeDecodeError:
            continue


def test_no_path_of_a_machine_and_no_address_of_a_registry_is_in_the_tree():
    # Spelled in pieces, so that this file does not find itself.
    marks = ["/wo" + "rk/", "/ho" + "me/[a-z]+/", r"/Us" + r"ers/\w+/", "deb.deb" + "ian.org",
             "registry.npm" + "js"]
    wrong = [f"{name(path)}: {match.group(0)}" for path, text in text_files()
             for match in re.finditer("|".join(marks), text)]
    assert wrong == []


def test_no_mark_of_unfinished_work():
    words = r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK|not imple" + r"mented|unimple" + "mented)\\b"
    wrong = [f"{name(path)}: {match.group(0)}" for path, text in text_files()
             for match in re.finditer(words, text)]
    assert wrong == []


def test_no_invisible_or_reordering_characters():
    """CVE-2021-42574: text that reads differently from what it says."""
    hidden = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
    wrong = [name(path) for path, text in text_files()
             if hidden.search(text) and "seeds" not in path.parts and "corpus" not in path.parts]
    assert wrong == []


def test_text_files_end_with_a_line_end_and_have_no_trailing_spaces():
    suffixes = {".cpp", ".hpp", ".py", ".sql", ".cmake", ".toml", ".conf", ".css", ".js", ".html"}
    wrong = [name(path) for path, text in text_files()
             if path.suffix in suffixes and text
             and (not text.endswith("\n") or re.search(r"[ \t]\n", text))]
    assert wrong == []


@pytest.mark.parametrize("folder,suffix", [("unit", "_test.cpp"), ("db", "_test.cpp")])
def test_test_files_have_the_name_by_which_cmake_finds_them(folder, suffix):
    wrong = [name(path) for path in (SOURCE / "tests" / folder).rglob("*.cpp")
             if not path.name.endswith(suffix)]
    assert wrong == []


def test_names_of_tests_are_sentences_without_underscores():
    wrong = [f"{name(path)}: {match.group(0)}" for path in cpp_files("tests")
             for match in re.finditer(r"\bTEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text())
             if "_" in match.group(1) + match.group(2)]
    assert wrong == []
