"""The programs that are measured and that measure: the release preset with POSTERN_BENCH."""
import pathlib

from bench.harness.support import SOURCE, Failure, postern, run_step

RELEASE = SOURCE / "build" / "release"


def build() -> tuple[pathlib.Path, pathlib.Path]:
    """(the product, the folder of bench's programs). POSTERN_BINARY names another product."""
    given = postern.given_binary()
    run_step(["cmake", "-S", SOURCE, "--preset", "release", "-DPOSTERN_BENCH=ON"],
             "Configuring the build", quiet=True)
    targets = ["bench"] if given else ["postern", "bench"]
    run_step(["cmake", "--build", RELEASE, "--target", *targets], "The build", quiet=False)
    return given or RELEASE / "bin" / "postern", RELEASE / "bin" / "bench"


def existing(folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """The same out of a build directory, as it stands."""
    product = postern.given_binary() or folder / "bin" / "postern"
    for path in (product, folder / "bin" / "bench" / "fixture"):
        if not path.is_file():
            raise Failure(f"{path} is not there: build it, or leave --build out.")
    return product, folder / "bin" / "bench"
