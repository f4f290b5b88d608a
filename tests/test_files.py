import os
import subprocess
import sys

import pytest

from gis.errors import OutputError
from gis.files import inert, staged, write_file


def test_a_file_is_written_whole_and_leaves_nothing_beside(tmp_path):
    write_file(tmp_path / "deep" / "a.txt", b"new")
    assert (tmp_path / "deep" / "a.txt").read_bytes() == b"new"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.txt"]


def test_a_folder_where_a_file_is_wanted_is_told(tmp_path):
    with pytest.raises(OutputError, match="is a folder"):
        write_file(tmp_path, b"x")


def test_a_file_where_a_folder_is_wanted_is_told(tmp_path):
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(OutputError, match="is a file"), staged(tmp_path / "out"):
        pass
    with pytest.raises(OutputError):
        write_file(tmp_path / "out" / "a.txt", b"x")
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_staged_files_replace_their_namesakes_and_spare_the_rest(tmp_path):
    (tmp_path / "README.md").write_bytes(b"keep")
    (tmp_path / "a").write_bytes(b"old")
    with staged(tmp_path) as stage:
        (stage / "a").write_bytes(b"new")
        assert (tmp_path / "a").read_bytes() == b"old"
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        "README.md": b"keep",
        "a": b"new",
    }


def test_a_failure_while_staging_leaves_the_former_files(tmp_path):
    (tmp_path / "a").write_bytes(b"old")

    def fail_midway():
        with staged(tmp_path) as stage:
            (stage / "a").write_bytes(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_midway()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"old"}


@pytest.mark.skipif(os.name == "nt", reason="the system has no file-size limit to set")
def test_a_disk_that_fills_leaves_the_former_file_and_nothing_half_written(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    script = (
        "import resource, pathlib\n"
        "from gis.errors import OutputError\n"
        "from gis.files import write_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        f"    write_file(pathlib.Path({str(tmp_path / 'a')!r}), b'x' * 5000)\n"
        "except OutputError as error:\n"
        "    print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "cannot be written" in told.stdout
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a": b"old"}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_that_would_be_a_formula_is_made_inert(cell):
    assert inert(cell) == "'" + cell
    assert inert("a" + cell) == "a" + cell
