"""LibreOffice without a screen, with UK settings: opens a workbook, fills cells in, saves it."""

import subprocess
from pathlib import Path

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Setup/L10N">
    <prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>en-GB</value></prop>
  </item>
</oor:items>
"""

MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Work
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(ConvertToURL("{source}"), "_blank", 0, hidden())
  {typing}
  Dim format(1) As New com.sun.star.beans.PropertyValue
  format(0).Name = "FilterName"
  format(1).Name = "FilterOptions"
  {saving}
  book.close(True)
End Sub
</script:module>
"""

TYPE = 'book.Sheets.getByName("{sheet}").getCellRangeByName("{cell}").FormulaLocal = "{text}"'
SAVE = """
  format(0).Value = "{filter}"
  format(1).Value = "{options}"
  book.storeToURL(ConvertToURL("{target}"), format())
"""
XLSX = "Calc MS Excel 2007 XML"
CSV = "Text - txt - csv (StarCalc)"
AS_SHOWN = "44,34,ANSI,1,,0,false,true,true,false,false,{sheet}"
"""Commas, quotes, the Windows character set, cells as they are shown: what the dialogue offers by default."""


class Desk:
    """One person's LibreOffice."""

    def __init__(self, soffice: str, folder: Path) -> None:
        self._soffice = soffice
        self._profile = folder / "profile"
        (self._profile / "user").mkdir(parents=True)
        (self._profile / "user/registrymodifications.xcu").write_text(SETTINGS)

    def as_pdf(self, source: Path, folder: Path) -> Path:
        """Every sheet of a workbook as it would be printed."""
        self._run("--convert-to", "pdf", "--outdir", str(folder), str(source))
        return folder / f"{source.stem}.pdf"

    def fill_in(self, source: Path, typed: dict[tuple[str, str], str], xlsx: Path, csv: Path, csv_sheet: int) -> Path:
        """Type `{(sheet, cell): text}` into a workbook and save it twice; returns the one sheet saved as CSV.

        `as_pdf` must have run: LibreOffice makes its profile when it first starts.
        """
        typing = "\n  ".join(TYPE.format(sheet=sheet, cell=cell, text=text) for (sheet, cell), text in typed.items())
        saving = SAVE.format(filter=XLSX, options="", target=xlsx)
        saving += SAVE.format(filter=CSV, options=AS_SHOWN.format(sheet=csv_sheet), target=csv)
        macro = MACRO.format(source=source, typing=typing, saving=saving)
        (self._profile / "user/basic/Standard/Module1.xba").write_text(macro)
        self._run("macro:///Standard.Module1.Work")
        (saved,) = csv.parent.glob(f"{csv.stem}-*.csv")
        return saved

    def _run(self, *arguments: str) -> None:
        profile = f"-env:UserInstallation={self._profile.as_uri()}"
        command = [self._soffice, profile, "--headless", "--norestore", *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 a fixed program
