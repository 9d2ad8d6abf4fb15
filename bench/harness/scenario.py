"""A scenario is one class in one file of bench/scenarios/. Laying the file there is all that is
needed."""
import abc
import importlib
import pathlib

from bench.harness.result import Result


class Unexpected(Exception):
    """Something answered otherwise than the scenario says: its figures mean nothing."""


class Scenario(abc.ABC):
    name = ""    # on the command line
    title = ""   # in the report
    target = ""  # what was promised, in words
    order = 100  # place in the run and in the report

    @abc.abstractmethod
    def run(self, bench) -> Result:
        """Measures. `bench` is a harness.stage.Bench."""


def scenarios() -> list[Scenario]:
    """One of each, in their order."""
    folder = pathlib.Path(__file__).resolve().parents[1] / "scenarios"
    found = []
    for path in sorted(folder.glob("*.py")):
        if path.stem == "__init__":
            continue
        module = importlib.import_module(f"bench.scenarios.{path.stem}")
        found += [kind() for kind in vars(module).values() if isinstance(kind, type)
                  and issubclass(kind, Scenario) and kind.__module__ == module.__name__]
    return sorted(found, key=lambda scenario: (scenario.order, scenario.name))
