"""Write the sample council: `python -m sample_data.generate [folder]` (default: the committed copy beside this file).

The same files, byte for byte, whenever and wherever it is run.
"""

import shutil
import sys
from pathlib import Path

from sample_data.council import Family, Movement
from sample_data.exports import bank, canonical, cards, casework, ledger
from sample_data.exports.text import iso, pounds, write_table
from sample_data.fenmarsh import Council, fenmarsh
from sample_data.reference import FAMILY_ID, walk

HERE = Path(__file__).parent
COMMITTED = HERE / "council"
EXPORTS = (casework, ledger, cards, bank, canonical)
NOTICE = (
    "Fenmarsh County Council is invented and everything in this folder is synthetic.\n"
    "No person, family, vendor, card or case in it exists.\n"
)


def write_council(folder: Path) -> None:
    """The landing folder with all exports, and beside it the keys to what was planted."""
    council = fenmarsh()
    landing = folder / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    for export in EXPORTS:
        export.write(landing, council)
    shutil.copyfile(HERE / "sources.toml", landing / "sources.toml")
    (landing / "READ_ME.txt").write_text(NOTICE, encoding="utf-8")
    _write_answer_key(folder / "answer_key.csv", council)
    _write_quarantine_key(folder / "quarantine_key.csv", council)
    reference = next(family for family in council.families if family.family_id == FAMILY_ID)
    _write_walk(folder / "reference_walk.csv", reference)


def _write_answer_key(path: Path, council: Council) -> None:
    """One row for each planted exception; a family whose story raises none has one row without a code."""
    key = council.key
    rows = [
        [p.story, p.family_id, p.code, _id(p.subject), pounds(p.pence), iso(p.since), str(p.items)] for p in key.planted
    ]
    quiet = key.stories.keys() - {planted.family_id for planted in key.planted}
    rows += [[key.stories[family_id], family_id, "", "", "", "", ""] for family_id in quiet]
    with_standing = [[*row, key.standings.get(row[1], "settled") if row[1] in key.stories else ""] for row in rows]
    header = ["story", "family_id", "code", "subject", "amount", "since", "items", "standing"]
    write_table(path, header, sorted(with_standing, key=lambda row: (row[1], row[2], row[3])))


def _write_quarantine_key(path: Path, council: Council) -> None:
    rows = sorted([record, _id(key), family_id] for record, key, family_id in council.key.unreadable)
    write_table(path, ["record", "key", "family_id"], rows)


def _write_walk(path: Path, reference: Family) -> None:
    rows = [[iso(n["as_of"]), n["standing"], pounds(n["arrears"]), n["codes"]] for n in walk(reference)]
    write_table(path, ["as_of", "standing", "arrears", "codes"], rows)


def _id(subject: str | Movement) -> str:
    return subject.transaction_id if isinstance(subject, Movement) else subject


if __name__ == "__main__":
    write_council(Path(sys.argv[1]) if len(sys.argv) > 1 else COMMITTED)
