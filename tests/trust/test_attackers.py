"""Whoever may write into an export, a layout, a policy or a folder name gains nothing by it."""

import ast
import csv
import io
import os
import re
import sys
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from tempfile import gettempdir

import openpyxl
import pytest

from reconciliation import cli
from reconciliation.cli import Exit
from reconciliation.records import RECORDS
from reconciliation.requests import DATABASE_VARIABLE
from reconciliation.store import Store, default_url
from tests.store.conftest import _database
from tests.trust.nights import AS_OF, LANDING, night

ROOT = Path(__file__).parents[2]
MARK = "pwned"
ATTACKS = (
    f'=HYPERLINK("http://{MARK}.example","x")',
    f"+cmd|' /C {MARK}'!A0",
    f"-2+3+cmd|' /C {MARK}'!A0",
    f"@SUM(1+1)*{MARK}",
    f"\t={MARK}()",
    f"＝{MARK}()",
    f"<script>{MARK}()</script>",
    f"</script><script>{MARK}()</script>",
    f"<img src=x onerror={MARK}()>",
    f"\"><svg onload='{MARK}()'>",
    f"{{{{ {MARK} }}}}{{% {MARK} %}}",
    f"javascript:{MARK}()",
    f"'; DROP TABLE families; -- {MARK}",
    f"\\N', NULL); DELETE FROM transactions; -- {MARK}",  # noqa: S608 an attack
    f"../../../../..{gettempdir()}/{MARK}",
    f"/etc/cron.d/{MARK}",
    f"C:\\{MARK}",
    f"%2e%2e%2f{MARK}",
    f"{MARK}\u202egnp.exe",
)
FREE_TEXT = (
    "recipient_name",
    "carer_name",
    "team",
    "reason",
    "narrative",
    "payment_frequency",
    "channels",
    "owner",
    "evidence",
)
KEYS = ("entitlement_id", "plan_id", "case_id", "vacancy_id", "assessment_id", "review_id", "suspension_id")
A_NUMBER = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")
RUNS_AS_FORMULA = tuple("=+-@\t\r＝＋－＠")


def attacked(target: Path) -> Path:
    """The worked example with an attack in every free text and every id that no other file must match."""
    target.mkdir()
    for file in LANDING.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        with (target / file.name).open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, rows[0].keys())
            writer.writeheader()
            writer.writerows(_attacked(row, file.stem, number) for number, row in enumerate(rows))
    return target


def _attacked(row: dict, record: str, number: int) -> dict:
    attack = ATTACKS[number % len(ATTACKS)]
    texts = {column: attack for column in FREE_TEXT if row.get(column)}
    keys = {column: f"{attack}{row[column]}" for column in KEYS if row.get(column) and record != "transactions"}
    family = {"family_id": HOSTILE_IDS.get(row["family_id"], row["family_id"])} if "family_id" in row else {}
    return row | texts | ({} if record == "transactions" else keys) | family


HOSTILE_IDS = {f"F{number + 1:05}": attack for number, attack in enumerate(ATTACKS)}
"""The first families are called by the attacks themselves."""


@pytest.fixture(scope="module")
def postgresql_of_the_module(server):
    """One database for all that is looked at here."""
    yield from _database(server, "template1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("attacked")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, folder):
    return default_url(folder) if request.param == "sqlite" else request.getfixturevalue("postgresql_of_the_module")


@pytest.fixture(scope="module")
def out(url, folder):
    """A night over hostile records, then reruns of every family with a hostile id, on each database."""
    night(folder / "out", attacked(folder / "landing"), database=url)
    known = {row["family_id"] for row in _rows(folder / "out" / str(AS_OF) / "balances.csv")}
    for family_id in HOSTILE_IDS.values():
        if family_id in known or "'" + family_id in known:
            assert cli.run(_family(family_id, folder / "out", url)) == Exit.DONE
    with Store.open(url) as store, store.lock(0):
        assert store.verify_audit() == []
    return folder / "out"


def _family(family_id: str, out: Path, url: str) -> list[str]:
    return ["family", "--out", str(out), "--database", url, "--as-of", str(AS_OF), "--", family_id]


def _rows(file: Path) -> list[dict]:
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))


def every(out: Path, pattern: str) -> list[Path]:
    """Every file of the position and of its families' folders."""
    found = sorted(out.rglob(pattern))
    assert found, pattern
    return found


def test_no_cell_of_any_csv_file_runs_as_a_formula(out):
    attacks = 0
    for file in every(out, "*.csv"):
        for row in csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")):
            attacks += MARK in "".join(row)
            assert [cell for cell in row if cell.startswith(RUNS_AS_FORMULA) and not A_NUMBER.match(cell)] == [], file
    assert attacks > 50


def test_no_cell_of_the_workbook_is_a_formula_or_a_link_from_data(out):
    for file in every(out, "*.xlsx"):
        book = openpyxl.load_workbook(file)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        hostile = [cell for cell in cells if MARK in str(cell.value)]
        assert hostile
        assert [cell.value for cell in hostile if cell.data_type == "f" or cell.hyperlink] == []
        with zipfile.ZipFile(file) as parts:
            assert [name for name in parts.namelist() if "externalLink" in name or "vba" in name.lower()] == []


class Elements(HTMLParser):
    """What a browser would make of a page: what runs, and what it would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.running: list[str] = []
        self.fetched: list[str] = []
        self._is_running = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self._is_running = tag == "script" and given.get("type") not in ("application/json", "text/plain")
        self.running += [value or "" for name, value in attributes if name.startswith("on")]
        links = [given[name] for name in ("src", "href", "action", "data", "srcdoc") if given.get(name)]
        self.fetched += [link for link in links if not link.startswith(("#", "data:"))]

    def handle_data(self, data):
        if self._is_running:
            self.running.append(data)

    def handle_endtag(self, _tag):
        self._is_running = False


def test_no_page_runs_or_fetches_what_came_in_with_the_records(out):
    for file in every(out, "*.html"):
        page = file.read_text(encoding="utf-8")
        elements = Elements(page)
        assert [script for script in elements.running if MARK in script] == [], file
        assert [link for link in elements.fetched if MARK in link or "://" in link or "javascript:" in link] == [], file
        assert "Content-Security-Policy" in page, file


def test_nothing_is_written_outside_the_output_folder(out):
    """An id is one folder's name inside its position, never a path."""
    position = out / str(AS_OF)
    beside = {path.name for path in out.parent.iterdir()}
    assert beside <= {"out", "landing", "reconciliation.sqlite", "reconciliation.sqlite.lock"}
    assert {path.name for path in out.iterdir()} == {str(AS_OF)}
    folders = [path for path in position.rglob("*") if path.is_dir()]
    assert len(folders) >= 10
    assert {path.parent for path in folders} == {position}
    assert not Path(gettempdir(), MARK).exists()
    assert not Path(f"/etc/cron.d/{MARK}").exists()


@pytest.mark.usefixtures("out")
def test_sql_in_a_field_is_kept_as_the_text_it_is(url):
    with Store.open(url) as store:
        names = {name.strip() for name in store.known(RECORDS["families"])["recipient_name"]}
        count = store.known(RECORDS["transactions"]).height
    assert {attack.strip() for attack in ATTACKS} <= names
    assert count > 2000


def told(capsys) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if line.startswith("reconcile: ")]


def run(out: Path, data: Path = LANDING, *more: str) -> Exit:
    return cli.run(["nightly", "--direct", "--data", str(data), "--out", str(out), "--as-of", str(AS_OF), *more])


@pytest.fixture
def landing(tmp_path):
    """A copy of the worked example."""
    target = tmp_path / "landing"
    target.mkdir()
    for file in LANDING.glob("*.csv"):
        (target / file.name).write_bytes(file.read_bytes())
    return target


@pytest.mark.parametrize("secret", ["transactions.csv", "plans_2.csv", "sources.toml"])
def test_a_link_out_of_the_landing_folder_is_refused_and_what_it_leads_to_is_not_read(
    landing, tmp_path, capsys, secret
):
    (tmp_path / "shadow").write_text("root:topsecret:19000\n", encoding="utf-8")
    (landing / secret).unlink(missing_ok=True)
    (landing / secret).symlink_to(tmp_path / "shadow")
    assert run(tmp_path / "out", landing) == Exit.REFUSED
    said = told(capsys)
    assert any(secret in line and "link" in line for line in said)
    assert "topsecret" not in "".join(said)


@pytest.mark.parametrize("name", ["transactions.csv", "sources.toml"])
def test_a_pipe_in_the_landing_folder_does_not_hang_the_night(landing, tmp_path, capsys, name):
    (landing / name).unlink(missing_ok=True)
    os.mkfifo(landing / name)
    assert run(tmp_path / "out", landing) == Exit.REFUSED
    assert any(name in line for line in told(capsys))


def test_a_link_in_place_of_a_position_is_refused(tmp_path, capsys, unexamined):
    (tmp_path / "elsewhere").mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / str(AS_OF)).symlink_to(tmp_path / "elsewhere")
    assert run(out) == Exit.REFUSED
    assert "a link where a folder was expected" in told(capsys)[0]
    assert not list((tmp_path / "elsewhere").iterdir())


DEEP = "a = " + "[" * 5_000 + "]" * 5_000
HOSTILE_TOML = {
    "nested too deep": DEEP,
    "a number of many digits": "a = " + "9" * 5_000,
    "no text": "\x00\x01",
    "keys without end": "[" + ".".join("a" * 3_000) + "]\nb = 1",
    "an unknown table": '[__class__]\n"__init__" = "os.system"',
}


@pytest.mark.parametrize("what", HOSTILE_TOML)
@pytest.mark.parametrize("which", ["sources.toml", "policy.toml"])
def test_a_hostile_settings_file_is_refused_at_once(landing, tmp_path, capsys, what, which):
    file = (landing if which == "sources.toml" else tmp_path) / which
    file.write_text(HOSTILE_TOML[what], encoding="utf-8")
    more = ["--policy", str(file)] if which == "policy.toml" else []
    started = time.monotonic()
    assert run(tmp_path / "out", landing, *more) == Exit.REFUSED
    assert time.monotonic() - started < 10
    assert all(which in line and len(line) < 1000 for line in told(capsys))


HOSTILE_POLICIES = (
    "[matching]\nwindow_days = 99999999999999999999",
    "[clocks]\nlookback_days = 9223372036854775807",
    "[clocks]\nassessment_days = -5",
    "[tolerances]\narrears = 1e400000",
    "[tolerances]\narrears = nan",
    '[schedules.weekly_advance]\nevery = "0d"',
    '[schedules.weekly_advance]\nevery = "999999999d"',
    "[interest]\ngrace_days = 4000000000",
    "[interest.bases.county_court]\nrate = 1e300",
    "[escalation]\nacknowledge_days = 1000000000000",
    "[lookback]\nsimilar = 0",
    '[cases]\nstage1 = "99999999999wd"',
    "[remedies]\npa_hourly_rate = inf",
)


@pytest.mark.parametrize("policy", HOSTILE_POLICIES)
@pytest.mark.usefixtures("unexamined")
def test_a_hostile_policy_is_refused_or_harmless_never_a_fault(tmp_path, capsys, policy):
    file = tmp_path / "policy.toml"
    file.write_text(policy, encoding="utf-8")
    started = time.monotonic()
    assert run(tmp_path / "out", LANDING, "--policy", str(file)) in (Exit.REFUSED, Exit.DONE)
    assert time.monotonic() - started < 30


SECRET = "correct-horse-battery"  # noqa: S105 a password of nobody's


@pytest.mark.parametrize("where", ["option", "environment"])
def test_a_password_in_the_databases_address_is_never_said(tmp_path, monkeypatch, capfd, caplog, where):
    """A server that does not answer, and an address that cannot be read: neither quotes the password."""
    caplog.set_level("DEBUG")
    for url in (f"postgresql://night:{SECRET}@127.0.0.1:9/council", f"postgresql//night:{SECRET}@127.0.0.1/council"):
        more = ["--database", url] if where == "option" else []
        if where == "environment":
            monkeypatch.setenv(DATABASE_VARIABLE, url)
        assert run(tmp_path / "out", LANDING, *more) == Exit.REFUSED
    printed = capfd.readouterr()
    assert "reconcile: The" in printed.err
    assert SECRET not in printed.out + printed.err + caplog.text


CODE_FROM_DATA = {"pickle", "cloudpickle", "dill", "marshal", "shelve", "joblib", "jsonpickle"}
RUN_TEXT = {"eval", "exec", "compile"}


def test_no_room_of_ours_turns_data_into_code():
    """No pickles, no eval: read from the source itself, every room of it."""
    for file in (path for room in ("reconciliation", "flows", "expectations") for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not {name.name.split(".")[0] for name in node.names} & CODE_FROM_DATA, file
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] not in CODE_FROM_DATA, file
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in RUN_TEXT, file


def test_no_library_unpickles_anything_during_a_night(tmp_path):
    """Python itself tells of every object that a pickle asks for."""
    seen: list[tuple] = []
    is_on = [True]
    sys.addaudithook(lambda event, given: seen.append(given) if is_on[0] and event == "pickle.find_class" else None)
    night(tmp_path)
    is_on[0] = False
    assert seen == []
