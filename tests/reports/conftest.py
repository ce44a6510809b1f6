"""Lets every test of the reports import the small council beside it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
