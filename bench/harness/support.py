"""The pieces that script/server is made of, as modules of the same names."""
import pathlib
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BENCH = SOURCE / "bench"
sys.path.insert(0, str(SOURCE / "script" / "support"))

# pylint: disable=unused-import,wrong-import-position
import postern  # noqa: E402
import render  # noqa: E402
from errors import Failure, Stopped  # noqa: E402
from places import Places, Users  # noqa: E402
from postgres import Postgres, tail  # noqa: E402
from processes import Children, Record, Signals, run_step, wait_until  # noqa: E402
