"""`python -m benchmarks`: makes the councils, runs every contender on each of them in turn, prints the tables."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from benchmarks.council import council, write
from benchmarks.measuring import NEEDS, Measured, absent, measured
from benchmarks.table import growth, steps, summary

SIZES = (5_000, 30_000, 130_000)


def main() -> None:
    wanted = _arguments()
    present = [contender for contender in wanted.contenders if not _said_absent(contender)]
    everything: list[Measured] = []
    for families in wanted.families:
        folder = _made(wanted.folder, families, wanted.seed)
        everything += measured(present, folder, families, wanted.runs)
    print(summary(everything), "", sep="\n")
    for contender in present:
        print(steps(everything, contender), "", sep="\n")
    print(growth(everything))


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--families", type=int, nargs="+", default=SIZES, help="how many families, one council each")
    parser.add_argument("--contenders", nargs="+", choices=NEEDS, default=list(NEEDS), help="who runs; all by default")
    parser.add_argument("--runs", type=int, default=3, help="how often each; the table holds medians")
    parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same councils")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmarks"), help="where the councils are kept")
    return parser.parse_args()


def _said_absent(contender: str) -> bool:
    missing = absent(contender)
    if missing:
        print(f"{contender}: {', '.join(missing)} is not installed; pip install -e .[benchmark]\n")
    return bool(missing)


def _made(folder: Path, families: int, seed: int) -> Path:
    """The council's folder; made once, since the same seed makes the same files."""
    made = folder / f"{families}-{seed}"
    if not (made / "truth.parquet").exists():
        write(council(families, seed), made)
    return made


if __name__ == "__main__":
    main()
