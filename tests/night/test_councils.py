"""The list of councils: what it may say, and what is said of a mistake in it."""

import pytest

from reconciliation import night
from reconciliation.councils import every_night, read_councils
from reconciliation.errors import Refusal
from reconciliation.position import Position
from tests.night.conftest import LANDING, POSITIONS

POSITION = POSITIONS["2026-06-10"][0]
MISTAKES = {
    "": "lists no .*council.*; expected one with name, data and out for each council",
    "council = ": "councils.toml: is no TOML",
    '[[council]]\nname = "a"\ndata = "d"': "council 1 has no out; expected data, database, name, out, policy",
    '[[council]]\nname = "a"\ndata = "d"\nout = "o"\nfolder = "f"': "council 1 has the unknown setting folder",
    '[[council]]\nname = "a"\ndata = 7\nout = "o"': "council 1 needs text in quotes for data",
    '[[council]]\nname = "a"\ndata = "d"\nout = "o"\n[[council]]\nname = "b"\ndata = "e"\nout = "o"': (
        "a, b publish in the same folder; give each an out of its own"
    ),
}


def listed(tmp_path, text: str):
    file = tmp_path / "councils.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_the_list_is_told_in_words(tmp_path, text):
    with pytest.raises(Refusal, match=MISTAKES[text]):
        read_councils(listed(tmp_path, text))


def test_a_list_that_is_not_there_is_told_in_words(tmp_path):
    with pytest.raises(Refusal, match=r"councils.toml: cannot be read \(No such file or directory\)"):
        read_councils(tmp_path / "councils.toml")


def test_paths_are_taken_from_where_the_list_lies(tmp_path):
    text = '[[council]]\nname = "a"\ndata = "a/landing"\nout = "a/out"\npolicy = "/etc/policy.toml"'
    (council,) = read_councils(listed(tmp_path, text))
    assert (council.data, council.out) == (tmp_path / "a/landing", tmp_path / "a/out")
    assert str(council.policy) == "/etc/policy.toml"


@pytest.mark.usefixtures("unexamined")
def test_a_fault_of_one_night_is_told_by_its_kind_and_the_next_runs(tmp_path, monkeypatch):
    whole, seen = night.run_night, []

    def breaks_once(request):
        seen.append(request)
        return whole(request) if len(seen) == 2 else _breaks()

    monkeypatch.setattr(night, "run_night", breaks_once)
    text = "".join(f'[[council]]\nname = "{name}"\ndata = "{LANDING}"\nout = "{name}"\n' for name in ("a", "b"))
    first, second = every_night(read_councils(listed(tmp_path, text)), Position.at(POSITION.as_of))
    assert (first.kind, first.folder) == ("ZeroDivisionError", None)
    assert second.folder == tmp_path / "b" / "2026-06-10"


def _breaks():
    raise ZeroDivisionError("Nobody Smith")
