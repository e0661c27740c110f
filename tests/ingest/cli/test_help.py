"""What ``--help``, ``-v``, ``-q`` and the tab key do, of every command."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from ingest.cli.app import app, run
from ingest.cli.help_texts import EXAMPLES, GROUPS
from tests.ingest.conftest import HOST, article_page, feed

#: The command line as an operator's shell starts it.
COPYDESK = (sys.executable, "-m", "ingest")


def commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of every command and group, the root's () among them."""
    command = command or typer.main.get_command(app)
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


def helped(path: tuple[str, ...], capsys: Any) -> str:
    assert run([*path, "--help"]) == 0
    return str(capsys.readouterr().out)


@pytest.fixture
def paper(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder from which one newspaper can be collected."""
    monkeypatch.chdir(tmp_path)
    site.put(f"{HOST}/feed", feed("/1"))
    site.put(f"{HOST}/1", article_page("The bridge", 1))
    (tmp_path / "publishers").mkdir()
    (tmp_path / "publishers" / "mill-lane.toml").write_text(
        f'name = "mill-lane"\ntitle = "Mill Lane Courier"\nhome = "{HOST}"\n'
        f'[[endpoint]]\nkind = "feed"\nurl = "{HOST}/feed"\n[fetch]\ndelay = 0\n'
    )
    targets = "\n".join(f"{json.dumps(h)} = {json.dumps(t)}" for h, t in site.connect_to.items())
    (tmp_path / "copydesk.toml").write_text(
        '[select]\nnames = ["mill-lane"]\n[collect]\nworkers = 0\n'
        f"[client]\nretries = 0\n[client.connect_to]\n{targets}\n"
    )
    return tmp_path


# help


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_help_has_an_example_and_fits_into_80_columns(
    path: tuple[str, ...], capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = helped(path, capsys).splitlines()
    [start] = [number for number, line in enumerate(lines) if line in ("Example:", "Examples:")]
    assert all(line.startswith("  copydesk ") for line in lines[start + 1 :])
    assert len(lines) > start + 1
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("path", "example"), [(path, line) for path, lines in EXAMPLES.items() for line in lines]
)
def test_every_example_is_a_command_line_that_is_understood(path: str, example: str) -> None:
    words = shlex.split(example, comments=True)
    words = words[: words.index(">")] if ">" in words else words
    assert words[0] == "copydesk"
    command, arguments, names = typer.main.get_command(app), words[1:], []
    while hasattr(command, "commands"):
        with command.make_context(None, list(arguments)) as context:
            # What the group leaves is the name of a command with its own arguments.
            name, command, arguments = command.resolve_command(
                context, [*context._protected_args, *context.args]
            )
        names.append(name)
    assert " ".join(names).startswith(path)
    command.make_context(names[-1], list(arguments))


def test_no_example_is_of_a_command_that_is_gone() -> None:
    assert {" ".join(path) for path in commands()} == set(EXAMPLES)


def test_the_help_lists_every_command_in_a_group(capsys: Any) -> None:
    out = helped((), capsys)
    top = [path[0] for path in commands() if len(path) == 1]
    assert sorted(top) == sorted(name for group in GROUPS.values() for name in group)
    for heading, names in GROUPS.items():
        section = out.split(f"{heading}:\n")[1].split("\n\n")[0]
        assert [line.split()[0] for line in section.splitlines() if line[2] != " "] == list(names)
    assert "\nCommands:" not in out


def test_every_command_takes_v_and_q_but_not_both(capsys: Any) -> None:
    for path in commands():
        # Groups but the first leave it to their commands.
        if path not in (("sources",), ("db",), ("pages",), ("templates",), ("alerts",)):
            assert "-v, --verbose" in helped(path, capsys), path
            assert "-q, --quiet" in helped(path, capsys), path
    assert run(["sources", "list", "-v", "-q"]) == 2
    assert "give one of them" in capsys.readouterr().err


def test_help_needs_neither_database_nor_extractor_nor_rich() -> None:
    code = (
        "import sys; from ingest.cli.app import run; run(['--help']);"
        "heavy = {'sqlalchemy', 'pydantic', 'trafilatura', 'rich', 'httpx', 'lxml', 'numpy'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# -v and -q


def test_quiet_says_what_came_of_it_and_nothing_on_the_way(paper: Path, capsys: Any) -> None:
    assert run(["run", "-q"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "mill-lane: 1 new links, 1 filed\n"
    assert captured.err == ""


def test_verbose_says_on_stderr_what_is_done_and_with_which_settings(
    paper: Path, capsys: Any
) -> None:
    assert run(["run", "-v"]) == 0
    captured = capsys.readouterr()
    assert "copydesk: settings: copydesk.toml\n" in captured.err
    assert f"copydesk: database: {paper / 'copydesk.sqlite3'}\n" in captured.err
    assert "copydesk: mill-lane: begins\n" in captured.err
    assert f"copydesk: mill-lane: {HOST}/feed: 1 links\n" in captured.err
    assert captured.out.startswith("mill-lane: filed: The bridge ")
    # It lasts for one command.
    assert run(["run"]) == 0
    assert capsys.readouterr().err == ""


def test_json_is_the_same_however_loud(paper: Path, capsys: Any) -> None:
    run(["run"])
    capsys.readouterr()
    said = []
    for options in ([], ["-q"], ["-v"]):
        assert run(["articles", "--json", *options]) == 0
        said.append(capsys.readouterr().out)
        json.loads(said[-1])
    assert len(set(said)) == 1


def test_the_options_may_stand_before_the_command_and_hide_no_error(
    paper: Path, capsys: Any
) -> None:
    assert run(["-q", "run", "nobody"]) == 3
    assert capsys.readouterr().err.startswith("copydesk: no source 'nobody'")
    assert run(["-v", "run", "nobody"]) == 3
    loud = capsys.readouterr().err
    assert "Traceback" in loud
    assert loud.splitlines()[-1].startswith("copydesk: no source 'nobody'")


def test_verbose_does_not_show_the_password_of_the_database(paper: Path, capsys: Any) -> None:
    address = "postgresql+psycopg://me:secret@127.0.0.1:1/news"
    assert run(["--database", address, "articles", "-v"]) == 4
    err = capsys.readouterr().err
    assert "copydesk: database: postgresql+psycopg://me:***@127.0.0.1:1/news" in err
    assert "secret" not in err.splitlines()[-1]


# completion


def completed(words: str, folder: Path, **environment: str) -> list[str]:
    """What bash is offered for the last of ``words``."""
    done = subprocess.run(
        COPYDESK,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
            "_COPYDESK_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
            **environment,
        },
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_the_tab_key_completes_commands_and_names_of_sources(paper: Path) -> None:
    assert completed("copydesk templ", paper) == ["templates"]
    assert completed("copydesk run armen", paper) == ["armenian-report"]
    assert completed("copydesk run mill", paper) == ["mill-lane"]
    assert completed("copydesk sources enable die-pr", paper) == ["die-presse"]
    assert completed("copydesk articles --source mill", paper) == ["mill-lane"]
    assert completed("copydesk export x.csv --source mill", paper) == ["mill-lane"]


def test_the_tab_key_finds_the_operators_folder_where_the_settings_say(paper: Path) -> None:
    other = paper / "other"
    (other / "papers" / "north").mkdir(parents=True)
    (other / "papers" / "north" / "zebra-post.toml").write_text("")
    (other / "papers" / "north" / ".zebra-swap.toml").write_text("")
    (other / "mine.toml").write_text('sources_folder = "papers"')
    assert completed("copydesk --config other/mine.toml run zebra", paper) == ["zebra-post"]
    assert completed("copydesk run zebra", paper) == []
    assert completed("copydesk run zebra", paper, COPYDESK_CONFIG="other/mine.toml") == [
        "zebra-post"
    ]
    assert completed("copydesk run zebra", paper, COPYDESK_SOURCES_FOLDER="other/papers") == [
        "zebra-post"
    ]
    (paper / "copydesk.toml").write_text("not [ toml")
    assert completed("copydesk run mill", paper) == ["mill-lane"]


def test_completion_is_shown_and_installed_for_the_shell(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
    }

    def in_bash(option: str) -> str:
        # The colon keeps bash there: it would become the last command of a line otherwise.
        line = f"{shlex.join(COPYDESK)} {option}; :"
        done = subprocess.run(
            ["bash", "--norc", "-c", line],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    assert "complete -o default -F _copydesk_completion copydesk" in in_bash("--show-completion")
    assert "bash completion installed in" in in_bash("--install-completion")
    script = tmp_path / ".bash_completions" / "copydesk.sh"
    assert "_COPYDESK_COMPLETE=complete_bash" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()
