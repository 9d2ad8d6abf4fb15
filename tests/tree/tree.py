"""What the tests of the source tree share: the files, and C++ text without comments or literals."""
import os
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(os.environ.get("POSTERN_SOURCE") or pathlib.Path(__file__).parents[2])
AREAS = ("fcgi", "domain", "handlers", "cli")


def cpp_files(*areas):
    return sorted(path for area in areas for path in (SOURCE / area).rglob("*")
                  if path.suffix in (".cpp", ".hpp"))


def name(path):
    return str(path.relative_to(SOURCE))


def tracked_files():
    """Files of the repository; where there is none (a source archive), all outside build and var."""
    listed = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard"], capture_output=True, check=False)
    if listed.returncode == 0:
        names = [SOURCE / entry for entry in listed.stdout.decode().split("\0") if entry]
    else:
        names = [path for path in SOURCE.rglob("*")
                 if path.relative_to(SOURCE).parts[0] not in ("build", "var", ".git")]
    return sorted(path for path in names if path.is_file())


PIECES = re.compile(
    r'R"(?P<mark>[^\s()\\]{0,16})\((?P<raw>.*?)\)(?P=mark)"'  # raw string
    r'|"(?:[^"\\\n]|\\.)*"'                                    # string
    r"|'(?:[^'\\\n]|\\.)+'"                                    # character
    r'|//[^\n]*|/\*.*?\*/', re.S)


def code_only(text):
    """The same number of lines, with comments gone and every literal emptied."""
    def blank(match):
        piece = match.group(0)
        lines = "\n" * piece.count("\n")
        return lines if piece.startswith("/") else '""' + lines
    # Digit separators (19'456) would look like characters.
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "", text)
    return PIECES.sub(blank, text)


def without_comments(text):
    return PIECES.sub(lambda match: "\n" * match.group(0).count("\n")
                      if match.group(0).startswith("/") else match.group(0), text)


def findings(pattern, files, view=code_only):
    """`file:line: text` of every line that matches."""
    found = []
    for path in files:
        text = path.read_text()
        seen = view(text) if view else text
        for number, line in enumerate(seen.split("\n"), 1):
            if re.search(pattern, line):
                found.append(f"{name(path)}:{number}: {line.strip()}")
    return found
