"""From a file's bytes to UTF-8 text with LF line ends, or a sentence saying why it is no such text."""

import codecs

from reconciliation.ingest.table import Unreadable

NOT_TEXT = {
    b"PK\x03\x04": 'is a zip archive or an Excel workbook; save it as CSV or declare it with format = "xlsx"',
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook (.xls); save it as CSV or .xlsx",
    b"%PDF": "is a PDF; ask for the export itself, as CSV",
    b"\x1f\x8b": "is a gzip archive; unpack it first",
    b"PAR1": 'is a Parquet file; declare it with format = "parquet"',
}
BEGINNING = 200
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(data: bytes, encoding: str) -> bytes:
    """`data`, written in `encoding`, as UTF-8 without a BOM and with LF line ends. Raises `Unreadable`."""
    _refuse_what_is_no_text(data)
    if data.startswith(UTF_16_MARKS) and "16" not in encoding:
        raise Unreadable('is UTF-16 text; declare it in sources.toml with encoding = "utf-16"')
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise Unreadable(_misencoded(data, fault, encoding)) from None
    unix = text.encode("utf-8", "surrogatepass") if not _is_utf8(encoding) else data
    unix = unix.removeprefix(codecs.BOM_UTF8)
    if b"\x00" in unix[:BEGINNING]:
        raise Unreadable('has NUL characters at its start, as UTF-16 read as UTF-8 has; declare encoding = "utf-16-le"')
    if unix.lstrip()[:1] == b"<":
        raise Unreadable("is a web page or XML, not CSV: often a log-in page in place of the export; fetch it anew")
    return unix.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in unix else unix


def _refuse_what_is_no_text(data: bytes) -> None:
    if not data[:BEGINNING].strip() and not data.strip():
        raise Unreadable("is empty; ask for the export again (a quiet night still has its header row)")
    for mark, sentence in NOT_TEXT.items():
        if data.startswith(mark):
            raise Unreadable(sentence)


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def _misencoded(data: bytes, fault: UnicodeDecodeError, encoding: str) -> str:
    line = data.count(b"\n", 0, fault.start) + 1
    return (
        f"is not {encoding} text (line {line}); declare its encoding in sources.toml, "
        'often encoding = "cp1252" for an export from Windows'
    )
