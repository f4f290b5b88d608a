"""The promises the house makes about itself, as tests."""

import ast
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gis import checks
from gis.checks import RULES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gis"
LONGEST_FUNCTION_LINES = 60
CORE = [
    "model",
    "tables",
    "values",
    "errors",
    "language",
    "geometry",
    "tiles",
    "overlaps",
    "shares",
    "crs",
    "activities",
    "ledger",
    "verdicts",
]
OUTSIDE_WORLD = {"folium", "branca", "pathlib", "os", "sys", "click", "tomllib", "fiona", "time",
                 "datetime.now", "random", "rich", "jinja2"}  # fmt: skip
# left to right through the house: nothing imports from its right
ORDER = [
    ["language"], ["errors", "values"], ["tables"], ["model", "crs", "tiles", "edges"],
    ["compiled"], ["overlaps"], ["shares"],
    ["geometry", "activities", "files"],
    ["layers", "promises", "ledger", "verdicts", "spreadsheets"],
    ["plan"], ["checks"], ["asking"], ["siting"],
    ["survey", "boundaries"], ["bulk"],
    ["vocabulary", "report", "maps", "delivery", "answering", "coordinates", "errata"],
    ["verification"], ["comparison"], ["build"], ["cli"],
]  # fmt: skip


def module_name(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def core_files():
    return [PACKAGE / f"{name}.py" for name in CORE] + sorted(
        [*(PACKAGE / "checks").glob("*.py"), *(PACKAGE / "siting").glob("*.py")]
    )


@pytest.mark.parametrize("path", core_files(), ids=lambda path: path.stem)
def test_the_core_knows_no_files_no_map_and_no_command_line(path):
    assert not {name.split(".")[0] for name in imports(path)} & OUTSIDE_WORLD


def test_nothing_imports_to_its_right():
    rank = {name: level for level, names in enumerate(ORDER) for name in names}
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        own = rank.get(module_name(path))
        for name in imports(path):
            parts = name.split(".")
            if own is not None and parts[0] == "gis" and len(parts) > 1:
                theirs = rank.get(parts[1], -1)
                if theirs > own:
                    wrong.append(f"{path.name} imports {name}")
    assert wrong == []


def test_no_module_is_a_cupboard_or_named_like_the_standard_library():
    names = {path.stem for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert not names & {"utils", "helpers", "common", "base", "misc"}
    assert not names & set(sys.stdlib_module_names)


def test_no_function_is_long():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION_LINES
    ]
    assert long == []


def test_nothing_catches_everything():
    caught = re.compile(r"except\s*(Exception|BaseException)?\s*:")
    found = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if caught.search(line) and "BaseException" not in line
    }
    assert found == set()


def test_rule_codes_are_unique_and_well_formed():
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[A-Z]{4}\d\d", code) for code in codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_says_in_one_sentence_what_it_promises(rule):
    for title in (rule.title.vi, rule.title.en):
        assert title.endswith(".")
        assert len(title) <= 100


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_is_shown_silent_and_found(rule):
    theme = rule.check.__module__.rsplit(".", 1)[1]
    text = (ROOT / "tests" / f"test_checks_{theme}.py").read_text(encoding="utf-8")
    assert rule.check.__name__ in text
    assert "silent" in text
    assert "found" in text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_rests_on_a_clause_or_law_of_the_real_plan(rule, real_plan):
    assert checks.basis_of(real_plan, rule).document


def test_the_readme_lists_the_rules_as_they_are():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]{4}\d\d) \| (\w+) \| (.+?) \|$", readme, re.MULTILINE)
    assert rows == [(rule.code, rule.severity.code, rule.title.en) for rule in RULES]


def commands_of_the_program():
    from gis.cli import cli

    context = click.Context(cli)
    return {name: cli.get_command(context, name) for name in cli.list_commands(context)}


def test_every_command_is_found_in_the_module_that_is_loaded_for_it():
    from gis.cli import cli
    from gis.cli.program import MODULES

    for path in sorted((PACKAGE / "cli").glob("[a-z]*.py")):
        importlib.import_module(f"gis.cli.{path.stem}")
    found = {name: item.callback.__module__ for name, item in cli.commands.items()}
    assert found == {name: f"gis.cli.{module}" for name, module in MODULES.items()}


def test_the_readme_names_every_command_and_option_of_the_program():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = commands_of_the_program()
    groups = [item for item in first.values() if hasattr(item, "commands")]
    commands = {**first, **{k: v for group in groups for k, v in group.commands.items()}}
    for name in first:
        assert f"tngis {name}" in readme, name
    for name, command in commands.items():
        assert name in readme, name
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else ():
                assert option in readme, f"{name} {option}"


def test_the_readme_promises_only_commands_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    used = set(re.findall(r"(?:^|/|\\|`)tngis ([a-z]+)", readme, re.MULTILINE))
    assert used <= set(commands_of_the_program())


def console_blocks():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```console\n\$ tngis (.+?)\n(.*?)```", readme, re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), console_blocks(), ids=lambda text: text[:30])
def test_the_readme_shows_what_the_program_prints(command, shown, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "gis.cli", *shlex.split(command)],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "TNGIS_LANG": "en"},
        check=False,
    )
    printed = iter(line.rstrip() for line in done.stdout.decode().splitlines())
    for line in shown.splitlines():
        assert line == "…" or line in printed, line


def test_top_level_holds_what_the_layout_names():
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        dotted = {name.split("/")[0] for name in listed if name.startswith(".")}
        assert dotted <= {".ci", ".gitattributes", ".gitignore"}  # and nothing a tool left behind
    else:  # an archive without its history: what was built beside it does not count
        listed = [path.name for path in ROOT.iterdir() if path.name not in ("out", "dist", "build")]
    top = {name.split("/")[0] for name in listed if not name.endswith(".egg-info")}
    allowed = {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "gis",
        "layers",
        "maps",
        "scripts",
        "tests",
    }
    assert {name for name in top if not name.startswith(".")} <= allowed


def test_a_quick_command_imports_nothing_heavy():
    script = (
        "import sys\n"
        "from gis.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'geopandas', 'pandas', 'numpy', 'shapely', 'folium', 'pydantic', 'rich',"
        " 'fiona', 'pyproj'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_question_loads_only_what_it_needs(form):
    script = (
        "import sys\n"
        "from gis.cli import main\n"
        "try:\n    main(['site', '--place', 'KCN-1', '--activity', 'may mặc', '--format', "
        f"'{form}'])\nexcept SystemExit:\n    pass\n"
        "print('\\n', sorted({'pydantic', 'rich', 'numpy', 'platformdirs', 'tempfile',"
        " 'gis.cli.bulk', 'gis.siting.ranking', 'gis.layers'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")


def test_checking_imports_neither_map_nor_delivery_nor_frames():
    script = (
        "import sys\n"
        "from gis.cli import main\n"
        "try:\n    main(['check', '--format', 'json'])\nexcept SystemExit:\n    pass\n"
        "print('\\n', sorted({'folium', 'fiona', 'pyogrio', 'jinja2', 'geopandas',"
        " 'pandas', 'pyarrow', 'scipy'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith("[]")
