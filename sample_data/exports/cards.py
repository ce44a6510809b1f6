"""The prepaid-card provider: a workbook with a cover, signed from the provider's side (a load is money it paid out)."""

from datetime import datetime
from pathlib import Path

import xlsxwriter

from sample_data.council import Movement
from sample_data.exports.text import pounds
from sample_data.fenmarsh import Council

HEADER = ["Movement Id", "Client Ref", "Card", "Value Date", "Movement", "Amount", "Detail", "Loaded To Portal"]
MOVEMENTS = {"payment": "LOAD", "recovery": "CLAWBACK", "reversal": "LOAD REVERSED"}
NEVER = datetime(2026, 6, 10)  # noqa: DTZ001 -- a workbook knows no time zone; fixed, so that its bytes never change


def write(folder: Path, council: Council) -> None:
    """The workbook, the same bytes every time."""
    with xlsxwriter.Workbook(folder / "prepaid_cards.xlsx") as book:
        book.set_properties({"author": "Fenmarsh County Council (invented)", "created": NEVER})
        day_format = book.add_format({"num_format": "dd/mm/yyyy"})
        cover = book.add_worksheet("About")
        cover.write_string(0, 0, "Prepaid card movements. Synthetic data: no card in it exists.")
        sheet = book.add_worksheet("Movements")
        sheet.write_row(0, 0, HEADER)
        for row, movement in enumerate(council.movements("card"), 1):
            for column, (name, cell) in enumerate(_row(movement).items()):
                is_day = name in ("Value Date", "Loaded To Portal") and not isinstance(cell, str)
                sheet.write(row, column, cell, *([day_format] if is_day else []))


def _row(movement: Movement) -> dict[str, object]:
    cells = [
        movement.transaction_id,
        movement.family_id,
        movement.reference,
        movement.posted_on,
        MOVEMENTS[movement.kind],
        float(pounds(-movement.pence)),
        movement.narrative,
        movement.recorded_on or movement.posted_on,
    ]
    return dict(zip(HEADER, cells, strict=True)) | movement.spoilt
