"""The guides say what is so: every command exists, every link leads somewhere."""

from pathlib import Path

import click
import pytest
import typer

from reconciliation.cli import app
from reconciliation.policy import read_policy
from tests.docs.pages import PAGES, ROOT, anchors, blocks, commands, headings, links

LINES = [pytest.param(line, id=f"{page.name}: {' '.join(line)}") for page in PAGES for line in commands(page)]
OF_A_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
MOST_BYTES_OF_A_PICTURE = 250_000


@pytest.fixture
def program() -> click.Group:
    return typer.main.get_command(app)


@pytest.mark.parametrize("line", LINES)
def test_every_command_that_a_page_prints_is_understood(line, program):
    name, *arguments = line
    command = program.commands[name]
    with command.make_context(name, arguments, resilient_parsing=False) as context:
        assert context.command is command


def test_the_guides_use_every_command(program):
    assert {line.values[0][0] for line in LINES} == set(program.commands)


def test_a_misspelt_option_would_be_found(program):
    with pytest.raises(Exception, match="--outt"):
        program.commands["runs"].make_context("runs", ["--outt", "out"])


@pytest.mark.parametrize("shown", blocks(ROOT / "docs/engineer.md", "toml"), ids=lambda shown: shown.split("\n")[0])
def test_every_policy_that_the_engineer_is_shown_is_one(shown, tmp_path):
    (tmp_path / "policy.toml").write_text(shown)
    assert read_policy(tmp_path / "policy.toml") != read_policy(None)


@OF_A_PAGE
def test_every_link_and_picture_is_there(page):
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


@OF_A_PAGE
def test_every_link_to_a_heading_finds_it(page):
    wanted = [((page.parent / target) if target else page, heading) for target, heading in anchors(page)]
    assert [heading for target, heading in wanted if heading not in headings(target)] == []


def test_every_picture_is_small_and_shown_somewhere():
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    pictures = set((ROOT / "docs/pictures").iterdir())
    assert pictures <= shown
    assert [picture.name for picture in pictures if picture.stat().st_size > MOST_BYTES_OF_A_PICTURE] == []


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page not in reached and page.exists():
            reached.add(page)
            waiting += [page.parent / link for link in links(page) if Path(link).suffix == ".md"]
    assert set(PAGES) <= reached
