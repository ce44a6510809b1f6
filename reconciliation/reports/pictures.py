"""Pictures of a position, drawn offline as SVG from Vega-Lite descriptions.

Sizes, margins and labels are fixed rather than measured, so that a picture has the same bytes on every machine,
whatever fonts it has. Amounts go in as whole pence; only the labels turn them into pounds.
"""

import base64
from dataclasses import dataclass

import polars as pl
import vl_convert

from reconciliation.vocabulary import Severity

WIDTH, WIDE = 520, 1080
WIDE_MARGIN = 500
RIGHT, TOP, BOTTOM = 16, 12, 28
POUNDS = "'£' + (datum.value < 1e8 ? format(datum.value / 1e5, ',') + 'k' : format(datum.value / 1e8, ',.1f') + 'm')"


@dataclass(frozen=True)
class Ink:
    """The colours of one side of the page. Severities come nearer to the paper as they press less."""

    text: str
    faint: str
    strong: str
    soft: str
    severities: tuple[str, str, str, str]

    def colours(self) -> tuple[str, ...]:
        """Every colour, in an order that day and night share."""
        return self.text, self.faint, self.strong, self.soft, *self.severities


DAY = Ink("#22313F", "#DDE2E5", "#2F5D62", "#B9CDCB", ("#7A1420", "#C4704F", "#E3BC6A", "#C9D0D5"))
NIGHT = Ink("#E4E7E6", "#3A464D", "#8FC1BD", "#3F6164", ("#F08A7E", "#C77B4F", "#9C7F3D", "#5B676E"))
LABELS = {"labelColor": DAY.text, "labelFontSize": 12, "gridColor": DAY.faint, "domainColor": DAY.faint}
CONFIG = {"background": None, "font": "sans-serif", "view": {"stroke": None}, "axis": LABELS}


@dataclass(frozen=True)
class Picture:
    """One picture, for day and for night, as data addresses; `alt` says in words what it shows."""

    day: str
    night: str
    alt: str
    width: int
    height: int


def sums(shown: pl.DataFrame, alt: str) -> Picture:
    """A bar for each sum, in the order given; columns name, pence and said (the sum as people read it)."""
    label = {"type": "text", "align": "left", "dx": 6, "color": DAY.text, "fontSize": 13}
    bars = {"mark": {"type": "bar", "color": DAY.strong, "height": {"band": 0.6}}}
    text = {"mark": label, "encoding": {"text": {"field": "said"}}}
    x = {"field": "pence", "type": "quantitative", "axis": None, "scale": {"domainMax": _roomy(shown["pence"])}}
    y = {"field": "name", "type": "ordinal", "sort": None, "axis": _axis(domain=False)}
    return _drawn({"layer": [bars, text], "encoding": {"x": x, "y": y}}, shown, alt, 220, margin=130)


def arrears_line(months: pl.DataFrame, alt: str) -> Picture:
    """The line of arrears at each month end; columns month, arrears_pence."""
    area = {"mark": {"type": "area", "color": DAY.soft, "opacity": 0.45}}
    line = {"mark": {"type": "line", "color": DAY.strong, "strokeWidth": 2.5}}
    spec = {"layer": [area, line], "encoding": {"x": _time("month"), "y": _pounds("arrears_pence")}}
    return _drawn(spec, months, alt, 220)


def due_and_paid(months: pl.DataFrame, alt: str) -> Picture:
    """What fell due each month as a pale bar, and what of it is paid as a dark one over it."""
    due = {"mark": {"type": "bar", "color": DAY.soft}, "encoding": {"y": _pounds("due_pence")}}
    paid = {"mark": {"type": "bar", "color": DAY.strong}, "encoding": {"y": _pounds("paid_pence")}}
    x = _time("month") | {"timeUnit": "yearmonth", "bandPosition": 0.5}
    return _drawn({"layer": [due, paid], "encoding": {"x": x}}, months, alt, 220)


def by_code(counts: pl.DataFrame, alt: str) -> Picture:
    """Open exceptions of each kind under its owner, by severity; columns owner, title, severity, exceptions.

    Rows stand in the order given; `owner` is blank where it is the same as in the row above.
    """
    titles = counts["title"].n_unique()
    scale = {"domain": [severity.value for severity in Severity], "range": list(DAY.severities)}
    x = {"field": "exceptions", "type": "quantitative", "axis": _axis(grid=True, tickMinStep=1, tickCount=5)}
    y = {"field": "title", "type": "ordinal", "sort": None, "axis": _axis(domain=False)}
    colour = {"field": "severity", "type": "nominal", "scale": scale, "legend": None}
    bars = {"mark": {"type": "bar", "height": {"band": 0.7}}, "encoding": {"x": x, "color": colour}}
    owner = {"type": "text", "align": "left", "fontWeight": "bold", "fontSize": 12, "color": DAY.text}
    owners = {"mark": owner, "encoding": {"x": {"value": -WIDE_MARGIN + 4}, "text": {"field": "owner"}}}
    spec = {"layer": [bars, owners], "encoding": {"y": y}}
    return _drawn(spec, counts, alt, 24 * max(titles, 1), WIDE, WIDE_MARGIN)


def _axis(**more: object) -> dict:
    return {
        "title": None,
        "grid": False,
        "ticks": False,
        "labelOverlap": False,
        "labelLimit": 0,
        "labelPadding": 6,
    } | more


def _time(field: str) -> dict:
    axis = _axis(format="%b %y", tickCount={"interval": "month", "step": 4}, labelFlush=False)
    return {"field": field, "type": "temporal", "axis": axis}


def _pounds(field: str) -> dict:
    axis = _axis(labelExpr=POUNDS, grid=True, domain=False, tickCount=5)
    return {"field": field, "type": "quantitative", "axis": axis, "scale": {"zero": True}}


def _roomy(pence: pl.Series) -> int:
    """Room to the right of the longest bar for its label."""
    return max(int(pence.max() or 0), 1) * 13 // 10


def _drawn(spec: dict, frame: pl.DataFrame, alt: str, height: int, width: int = WIDTH, margin: int = 64) -> Picture:
    values = frame.with_columns(pl.col(pl.Date).dt.to_string()).to_dicts()
    padding = {"left": margin, "right": RIGHT, "top": TOP, "bottom": BOTTOM}
    size = {"width": width - margin - RIGHT, "height": height, "padding": padding, "autosize": "none"}
    day = vl_convert.vegalite_to_svg({"data": {"values": values}, "config": CONFIG} | size | spec)
    return Picture(_address(day), _address(_by_night(day)), alt, width, height + TOP + BOTTOM)


def _by_night(svg: str) -> str:
    """The same picture in the colours of the night."""
    for day, night in zip(DAY.colours(), NIGHT.colours(), strict=True):
        svg = svg.replace(day, night)
    return svg


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
