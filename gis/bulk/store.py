"""A folder on this machine or on an object store; a file is there whole or not at all."""

from __future__ import annotations

import json
import os
import posixpath
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.fs

from gis.errors import OutputError, Problem
from gis.language import say

UNFINISHED = ".unfinished"


def is_remote(path: str) -> bool:
    """Whether a path names a file system of its own, such as s3://bucket/folder."""
    return "://" in path


def folder_and_name(path: str) -> tuple[str, str]:
    """The folder a file lies in, and its name there."""
    if is_remote(path):
        folder, _, name = path.rpartition("/")
        return folder, name
    return os.path.dirname(os.path.abspath(path)), os.path.basename(path)


@dataclass(frozen=True, slots=True)
class Store:
    """A folder by its path or address; small enough to be sent to other machines."""

    root: str

    @classmethod
    def at(cls, root: str) -> Store:
        return cls(root if is_remote(root) else os.path.abspath(root))

    def below(self, name: str) -> Store:
        """A folder of this one."""
        return Store(
            f"{self.root}/{name}" if is_remote(self.root) else os.path.join(self.root, name)
        )

    def has(self, name: str) -> bool:
        system, root = self._system()
        info = system.get_file_info(posixpath.join(root, name))
        return bool(info.type == pyarrow.fs.FileType.File)

    def open(self, name: str) -> pa.NativeFile:
        """A file to read from."""
        system, root = self._system()
        return system.open_input_file(posixpath.join(root, name))

    def write_table(self, name: str, table: pa.Table) -> None:
        """Write a table as parquet.

        Raises: OutputError.
        """
        with self.writing(name, table.schema) as writer:
            writer.write_table(table)

    def read_table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        import pyarrow.parquet as pq

        with self.open(name) as file:
            return pq.read_table(file, columns=columns)

    def write_json(self, name: str, value: Any) -> None:
        """Write a small value.

        Raises: OutputError.
        """
        system, root = self._system()
        path = posixpath.join(root, name)
        try:
            system.create_dir(root, recursive=True)
            with system.open_output_stream(path + UNFINISHED) as file:
                file.write(json.dumps(value, ensure_ascii=False, indent=1).encode())
            system.move(path + UNFINISHED, path)
        except OSError as error:
            raise self.full(name, error) from error

    def read_json(self, name: str) -> Any:
        with self.open(name) as file:
            return json.loads(file.read().decode())

    def writing(self, name: str, schema: pa.Schema) -> TableFile:
        """A parquet file to write piece by piece; it takes its name once it is closed."""
        return TableFile(self, name, schema)

    def clear(self) -> None:
        """Remove the folder and all that is in it."""
        system, root = self._system()
        if system.get_file_info(root).type == pyarrow.fs.FileType.Directory:
            system.delete_dir(root)

    def remove(self, name: str) -> None:
        system, root = self._system()
        if self.has(name):
            system.delete_file(posixpath.join(root, name))

    def full(self, name: str, error: OSError) -> OutputError:
        return OutputError(
            Problem(
                f"{self.root}/{name}",
                say("không ghi được: {why}", "cannot be written: {why}", why=error),
                say(
                    "giải phóng dung lượng rồi chạy tiếp với --resume; phần đã xong vẫn còn",
                    "free some space, then go on with --resume; what is done is kept",
                ),
            )
        )

    def _system(self) -> tuple[Any, str]:
        if not is_remote(self.root):
            return pyarrow.fs.LocalFileSystem(), self.root.replace(os.sep, "/")
        import fsspec

        system, root = fsspec.core.url_to_fs(self.root)
        return pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(system)), root


class TableFile:
    """A parquet file under way."""

    def __init__(self, store: Store, name: str, schema: pa.Schema) -> None:
        import pyarrow.parquet as pq

        self._store, self._name = store, name
        system, root = store._system()
        self._system, self._path = system, posixpath.join(root, name)
        try:
            system.create_dir(posixpath.dirname(self._path), recursive=True)
            self._stream = system.open_output_stream(self._path + UNFINISHED)
            self._writer = pq.ParquetWriter(self._stream, schema, compression="zstd")
        except OSError as error:
            raise store.full(name, error) from error

    def write_table(self, table: pa.Table) -> None:
        try:
            self._writer.write_table(table)
        except OSError as error:
            raise self._store.full(self._name, error) from error

    def close(self) -> None:
        try:
            self._writer.close()
            self._stream.close()
            self._system.move(self._path + UNFINISHED, self._path)
        except OSError as error:
            raise self._store.full(self._name, error) from error

    def __enter__(self) -> TableFile:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.close()
