"""Every C++ file is as .clang-format wants it."""
import shutil
import subprocess

from tree import AREAS, SOURCE, cpp_files


def test_sources_are_formatted():
    assert shutil.which("clang-format"), "script/bootstrap installs clang-format"
    files = cpp_files(*AREAS, "tests", "bench")
    assert files
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], cwd=SOURCE,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, "script/format mends this:\n" + done.stderr[:4000]
