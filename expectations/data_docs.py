"""Data Docs of a run: Great Expectations' own pages of what was certified, on request and offline.

The library's pages fetch their looks and scripts from the network and come out bare without it. Here every outside
address is taken out, a small style of our own is put in, and a policy in the page forbids the rest.
"""

import os
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView

from expectations.certificate import Certificate

FROM_OUTSIDE = re.compile(
    r"<link\b[^>]*>|<img\b[^>]*>|<style>.*?</style>|<script\b.*?</script>|<footer\b.*?</footer>", re.DOTALL
)
LEADS_NOWHERE = re.compile(r'href="\.\./[^"]*"')
"""Links to pages of a full site, which these are not."""

LOOKS = """
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 1.5rem auto; padding: 0 1rem }
  table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem }
  td, th { border: 1px solid #8886; padding: .35rem .6rem; text-align: left; vertical-align: top }
  h5, h6 { font-size: 1.2rem; margin: .5rem 0 }
  .badge { border: 1px solid #8886; border-radius: .3rem; padding: 0 .3rem }
  .navbar, .modal, .col-lg-2, .collapse, [data-toggle=collapse], button { display: none }
  td:first-child .text-success::before { content: "holds" }
  td:first-child .text-danger::before { content: "FAILS"; font-weight: bold }
  .failed { font-weight: bold }
</style>
</head>"""
BACK = '<body><p><a href="index.html">What was certified</a></p>'


def data_docs(certificates: Iterable[Certificate], folder: Path) -> Path:
    """Writes a page for each whole of the certificates and an index of them into `folder`; gives the index.

    Files are 0600 and the folder 0700. Nothing in them is anybody's data: they hold counts.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    view = DefaultJinjaPageView()
    renderer = ValidationResultsPageRenderer()
    links = []
    for certificate in certificates:
        for table in certificate.json["tables"]:
            name = f"{certificate.json['suite']}-{table['table']}.html"
            page = view.render(renderer.render(_validated(certificate.json["suite"], table)))
            _write(folder / name, _offline(page))
            links.append((name, certificate.json["suite"], table))
    return _write(folder / "index.html", _index(links))


def _validated(suite: str, table: dict) -> ExpectationSuiteValidationResult:
    """The library's own result, made again from what was kept."""
    results = [_result(rule) for rule in table["rules"]]
    good = sum(result.success for result in results)
    return ExpectationSuiteValidationResult(
        success=good == len(results),
        results=results,
        suite_name=f"{suite}: {table['table']}",
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": good,
            "unsuccessful_expectations": len(results) - good,
            "success_percent": 100 * good / len(results) if results else None,
        },
        meta={"active_batch_definition": {"data_asset_name": f"{table['table']}, {table['rows']} rows"}},
    )


def _result(rule: dict) -> ExpectationValidationResult:
    broken, rows = rule["broken"], rule["rows"]
    configuration = ExpectationConfiguration(
        type=rule["type"], kwargs=rule["kwargs"], meta={"notes": {"format": "string", "content": [rule["rule"]]}}
    )
    counts = {"element_count": rows, "unexpected_count": broken, "missing_count": 0, "partial_unexpected_list": []}
    share = {"unexpected_percent": 100 * broken / rows if rows and broken is not None else 0.0}
    message = "could not be carried out" if broken is None else None
    exception = {"raised_exception": broken is None, "exception_message": message, "exception_traceback": ""}
    return ExpectationValidationResult(
        success=broken == 0,
        expectation_config=configuration,
        result={} if broken is None else counts | share,
        exception_info=exception,
    )


def _offline(page: str) -> str:
    bare = LEADS_NOWHERE.sub("", FROM_OUTSIDE.sub("", page))
    return bare.replace("</head>", LOOKS, 1).replace("<body>", BACK, 1)


def _index(links: list[tuple[str, str, dict]]) -> str:
    rows = "".join(_line(*link) for link in links)
    head = "<tr><th>suite<th>table<th>rows<th>looked at<th>checks<th>failed</tr>"
    title = "What was certified"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{title}</title>{LOOKS}'
        f"<body><h1>{title}</h1><table>{head}{rows}</table></body></html>"
    )


def _line(name: str, suite: str, table: dict) -> str:
    failed = sum(rule["broken"] != 0 for rule in table["rules"])
    way = "row by row" if table["is_whole"] else "as counts"
    cells = f"<td>{escape(suite)}<td><a href='{escape(name)}'>{escape(table['table'])}</a><td>{table['rows']}"
    shown = f"<td class='failed'>{failed}" if failed else "<td>none"
    return f"<tr>{cells}<td>{way}<td>{len(table['rules'])}{shown}</tr>"


def _write(path: Path, page: str) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(page)
    return path
