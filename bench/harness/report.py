"""bench/REPORT.md, its plots, and the raw figures that both are made from."""
import json
import pathlib
import re

from bench.harness import svg
from bench.harness.result import Result

HEAD = """# What it costs

Written by `script/bench`: every figure on this page was measured on one machine, in one run unless said otherwise, and
what is compared was measured in turns. `script/bench --render` makes the page again from
[the raw figures](report/results.json).
"""

READING = """## How to read this

- **Ratios are what counts.** Requests per second belong to this machine; a ratio of two sides that
  were measured next to each other holds elsewhere too. Each is the median of the rounds' own ratios,
  and behind it stand the lowest and the highest round. Whiskers in the plots are the same.
- **The floor** is `bench/floor`: libfcgi answering a constant, behind the same nginx with the same
  configuration, with as many processes as Postern's gate has. It is what FastCGI costs when nothing
  is checked.
- **Cost** is processor time of all processes involved in one request: nginx, the product,
  PostgreSQL; the load generator is not counted.
- **Latencies** are those of a saturated server: so many connections send their next request as soon
  as they have an answer. They say how sides compare, not how long a visitor waits.
- **met** and **NOT met** are judged by the median. Nothing is left out when it is not met.

## How to add a scenario

One file in `bench/scenarios/` with one class: [bench/README.md](README.md).
"""


def verdict(met: bool | None) -> str:
    return "" if met is None else ("met" if met else "**NOT met**")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = ["| " + " | ".join(map(_cell, head)) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(_cell, row)) + " |" for row in body]) + "\n"


def _pairs(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def summary(results: list[Result]) -> str:
    rows = [["scenario", "", "promised", "measured", ""]]
    for result in results:
        if result.failed:
            rows.append([result.title, "", result.target, "it failed", verdict(False)])
        rows += [[result.title, row.what, row.target, row.measured, verdict(row.met)]
                 for row in result.rows if row.met is not None]
    judged = [row.met for result in results for row in result.rows if row.met is not None]
    judged += [False for result in results if result.failed]
    return (f"## The promises\n\n{sum(judged)} of {len(judged)} are met.\n\n" + table(rows))


def plot_name(result: Result, index: int) -> str:
    name = re.sub(r"[^a-z0-9-]", "-", result.name.lower())
    return f"{name}.svg" if index == 0 else f"{name}-{index + 1}.svg"


def section(result: Result, folder: str) -> str:
    parts = [f"## {result.title}\n"]
    if result.target:
        parts.append(f"Promised: {result.target}.\n")
    if result.failed:
        parts.append(f"**It failed**: {result.failed}\n")
    if result.rows:
        parts.append(table([["", "promised", "measured", ""], *(
            [row.what, row.target, row.measured, verdict(row.met)] for row in result.rows)]))
    parts += [f"{note}\n" for note in result.notes]
    parts += [f"![{chart.title}]({folder}/{plot_name(result, index)})\n"
              for index, chart in enumerate(result.charts)]
    return "\n".join(parts)


def page(about: dict, results: list[Result], folder: str) -> str:
    where = table([["", ""], *([name, value] for name, value in about["machine"].items()),
                   ["versions", _pairs(about["versions"])],
                   ["a run", about["run"]]])
    return "\n".join([HEAD, where, summary(results),
                      *(section(result, folder) for result in results), READING])


def write(file: pathlib.Path, about: dict, results: list[Result]) -> None:
    """The page, and beside it the folder `report` with plots and raw figures."""
    folder = file.parent / "report"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for result in results:
        for index, chart in enumerate(result.charts):
            (folder / plot_name(result, index)).write_text(svg.draw(chart))
    values = {"about": about, "results": [result.to_json() for result in results]}
    (folder / "results.json").write_text(json.dumps(values, indent=1) + "\n")
    file.write_text(page(about, results, folder.name))


def read(folder: pathlib.Path) -> tuple[dict, list[Result]]:
    values = json.loads((folder / "results.json").read_text())
    return values["about"], [Result.from_json(each) for each in values["results"]]
