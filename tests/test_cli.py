"""The commands as their user runs them: each once in a process of its own, then in this one."""

import contextlib
import io
import json
import os
import subprocess
import sys
from unittest import mock

import pytest
import tiny_plan

from gis.cli import default_language, main


def tngis_alone(*arguments, cwd=None, **environment):
    """The program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "gis.cli", *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "TNGIS_LANG": "en", **environment},
        check=False,
    )


def tngis(*arguments, cwd):
    """The same without the second that a process takes to begin; what is raised is raised here."""
    out, errors = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
        mock.patch.dict(os.environ, {"TNGIS_LANG": "en"}),
        pytest.raises(SystemExit) as left,
    ):
        main([str(item) for item in arguments])
    for stream in (out, errors):
        stream.flush()
    return subprocess.CompletedProcess(
        arguments, left.value.code, out.buffer.getvalue(), errors.buffer.getvalue()
    )


def test_the_real_plan_has_no_error(tmp_path):
    done = tngis_alone("check", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert "Not checked / not proven" in done.stdout.decode()


def test_output_is_utf8_even_where_the_console_is_not(tmp_path):
    done = tngis_alone("check", "--theme", "sizes", cwd=tmp_path, PYTHONIOENCODING="cp1252")
    assert done.returncode == 0
    assert "Sơn Cẩm" in done.stdout.decode("utf-8")


def test_vietnamese_by_option(tmp_path):
    done = tngis("check", "--theme", "areas", "--lang", "vi", cwd=tmp_path)
    assert "chưa chứng minh được" in done.stdout.decode()


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "html", "table"])
def test_every_form_goes_to_a_file_too(tmp_path, form):
    out = tmp_path / "report"
    done = tngis("check", "--theme", "areas", "--format", form, "--out", out, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "AREA01" in out.read_text(encoding="utf-8-sig")


def test_build_writes_everything_where_it_is_told_and_says_so(tmp_path):
    done = tngis_alone("build", "--out", "result", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    written = {line for line in done.stdout.decode().splitlines() if line.startswith("result")}
    found = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert written == found
    assert {
        "result/maps/investor.html",
        "result/maps/planner.html",
        "result/report/check.html",
    } <= found
    assert {f"result/exports/{name}.shp" for name in ("kcn", "ccn", "xa")} <= found


def test_errors_withhold_the_shapefiles_and_force_exports_them(tmp_path):
    folder = tiny_plan.write(tmp_path / "tiny")
    path = folder / "plan.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("60.5", "60.4"), encoding="utf-8")
    assert tngis("build", "--plan", folder, "--out", "result", cwd=tmp_path).returncode == 1
    assert (tmp_path / "result" / "report" / "check.html").is_file()
    assert not (tmp_path / "result" / "exports").exists()
    assert tngis("export", "--plan", folder, "--out", "kit", cwd=tmp_path).returncode == 1
    assert not (tmp_path / "kit").exists()
    forced = tngis_alone("export", "--plan", folder, "--out", "kit", "--force", cwd=tmp_path)
    assert forced.returncode == 1
    assert (tmp_path / "kit" / "kcn.shp").is_file()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--format", "dwg", "geojson"),
        ("--layer", "roads", "zones"),
        ("--profile", "no", "land-use"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_what_can_be(tmp_path, option, value, told):
    done = tngis("export", option, value, "--out", "kit", cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    assert not (tmp_path / "kit").exists()


def test_errors_found_leave_with_one(tmp_path):
    folder = tiny_plan.write(tmp_path / "tiny")
    path = folder / "plan.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("60.5", "60.4"), encoding="utf-8")
    done = tngis("check", "--plan", folder, "--format", "json", cwd=tmp_path)
    assert done.returncode == 1
    states = {o["code"]: o["state"] for o in json.loads(done.stdout)["outcomes"]}
    assert states["AREA01"] == "findings"


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--plan", "nowhere"),
        ("check", "--format", "poem"),
        ("check", "--tolerance-m2", "-1"),
        ("check", "--out", "."),
        ("build", "--out", "taken"),
        ("export", "--out", "taken"),
        ("fly",),
    ],
)
def test_what_cannot_run_leaves_with_two_and_one_clear_error(tmp_path, arguments):
    (tmp_path / "taken").write_bytes(b"mine")
    done = tngis(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip()
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert (tmp_path / "taken").read_bytes() == b"mine"


def test_bad_tables_are_told_in_the_language_asked(tmp_path):
    folder = tiny_plan.write(tmp_path / "tiny")
    path = folder / "sites.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1,10,", "1,mười,"), encoding="utf-8")
    done = tngis("check", "--plan", folder, "--lang", "vi", cwd=tmp_path)
    assert done.returncode == 2
    assert "tệp sites.csv, dòng 2, trường stated_ha, giá trị 'mười'" in done.stderr.decode()


def test_the_catalogue_lists_every_rule(tmp_path):
    from gis.checks import RULES

    done = tngis_alone("rules", cwd=tmp_path)
    assert done.returncode == 0
    assert all(rule.code in done.stdout.decode() for rule in RULES)


def test_a_reader_that_stops_early_is_no_error(tmp_path):
    command = f'"{sys.executable}" -m gis.cli check | head -1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=tmp_path, check=False)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8", "TNGIS_LANG": "vi"}, "vi"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "vi_VN.UTF-8"}, "en"),
    ],
)
def test_the_language_follows_the_system_and_then_the_wish(monkeypatch, environment, expected):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "TNGIS_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == expected
