"""`import bench` from the checkout's root."""
import os
import pathlib
import sys

SOURCE = pathlib.Path(os.environ.get("POSTERN_SOURCE") or pathlib.Path(__file__).parents[2])
sys.path.insert(0, str(SOURCE))
