"""Which sources may be compiled as one. Reads paths but those in the directory it is given,
prints "group path" a line: in one group no source names what is another's alone. A source's group
follows from a hash of its name where there is room, so that a new source moves few others.

A name is a source's alone if it is declared in an unnamed namespace, at the beginning of a line as
clang-format has it. Another's text and headers must not hold it at all, unless qualified: that is
more than C++ asks, so that neither another meaning nor a warning comes of the grouping."""
import pathlib
import re
import sys
import zlib

USUAL, MOST = 8, 12  # sources in a group
ROOT = pathlib.Path(__file__).resolve().parents[1]
NOT_CODE = re.compile(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
                      r"|'(?:\\[^\n']+|[^'\\\n])'", re.S)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
# The comment at its end is a space by then; at the end of a function there is none.
UNNAMED = re.compile(r"^namespace \{$(.*?)^\} +$", re.M | re.S)
WORD = re.compile(r"(?<![\w:.>])[A-Za-z_]\w*|(?<=[^-]>)[A-Za-z_]\w*|(?<=[^:]:)[A-Za-z_]\w*")
BORROWED = re.compile(r"^using ([\w:]*::(\w+));")
TYPE = re.compile(r"^(?:struct|class|union|enum(?: class| struct)?|concept) (?:\[\[.*?\]\] )?(\w+)")
ENUMERATORS = re.compile(r"^enum (?!class|struct)[^{;]*\{(.*?)\}", re.M | re.S)
# What must stand alone: it reaches beyond its own namespace, or gives way to a function of std that
# a string's arguments find as soon as some header of another's brings it.
ALONE = re.compile(r"^(?:#define|#undef|using namespace|[^\s#].*\boperator\b"
                   r"|[^\s#].*\bquoted\()", re.M)


class Text:
    known = {}

    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        self.headers = [name for name in INCLUDE.findall(text) if (ROOT / name).exists()]
        self.code = NOT_CODE.sub(" ", text)
        self.words = set(WORD.findall(self.code))

    @classmethod
    def of(cls, name):
        if name not in cls.known:
            cls.known[name] = cls(ROOT / name)
        return cls.known[name]


class Source(Text):
    def __init__(self, path):
        super().__init__(path)
        self.own, self.borrowed = set(), {}
        for block in UNNAMED.findall(self.code):
            for enumerators in ENUMERATORS.findall(block):
                self.own |= set(WORD.findall(enumerators))
            for line in block.splitlines():
                found = BORROWED.match(line)
                if found:
                    self.borrowed[found[2]] = found[1]
                elif line[:1].isalpha() or line[:1] in "_[":
                    self.own |= declared(line)
        self.reached = set()
        waiting = list(self.headers)
        while waiting:
            name = waiting.pop()
            if name not in self.reached:
                self.reached.add(name)
                waiting += Text.of(name).headers
        self.alone = bool(ALONE.search(self.code))

    def holds(self, other):
        """Whether it holds a name that is the other's alone."""
        names = other.own | {name for name, whole in other.borrowed.items()
                             if self.borrowed.get(name) != whole}
        return not names.isdisjoint(self.words) or any(
            not names.isdisjoint(Text.of(name).words) for name in self.reached - other.reached)


def declared(line):
    """More than it declares, if in doubt; what a macro with its tests takes is no declaration."""
    if re.match(r"[A-Z_0-9]+\(", line):
        return set()
    found = TYPE.match(line)
    if found:
        return {found[1]}
    head = re.split(r"[({=;\[]", line.removeprefix("[[").split("]] ")[-1], maxsplit=1)[0]
    words = WORD.findall(head)
    return set(words[-1:])


def fits(source, group):
    return not group or not (len(group) == MOST or source.alone or any(
        other.alone or source.holds(other) or other.holds(source) for other in group))


def main():
    paths = [pathlib.Path(line) for line in sys.stdin.read().splitlines()]
    paths = sorted(path for path in paths if path.suffix == ".cpp" and path.is_relative_to(ROOT)
                   and not path.is_relative_to(sys.argv[1]))
    sources = {path: Source(path) for path in paths}
    full = 1
    while full * USUAL < len(sources):
        full *= 2
    groups = [[] for _ in range(full)]
    for path, source in sources.items():
        first = zlib.crc32(bytes(path.relative_to(ROOT))) % full
        order = [*range(first, full), *range(first), *range(full, len(groups))]
        number = next((number for number in order if fits(source, groups[number])), len(groups))
        if number == len(groups):
            groups.append([])
        groups[number].append(source)
        print(f"{number} {path}")


if __name__ == "__main__":
    main()
