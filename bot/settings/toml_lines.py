"""On which line of a TOML file each key stands: what reads TOML in the standard library does not tell."""

import tomllib
from collections import Counter
from typing import Any

KeyPath = tuple[str | int, ...]
"""A key with the tables around it, and in arrays of tables the number of the table: `("rule", 0, "match", "names")`."""


def lines_of_keys(text: str) -> dict[KeyPath, int]:
    """The line on which each key begins, counted from 1; for what is inside a value, the line of its key.

    Args:
        text: a whole file that can be read as TOML. What cannot is left out.
    """
    return _Reading().of(text)


class _Reading:
    """Cuts the file into its statements, each of which is TOML by itself: it ends with the first line up to which it
    can be read, as a value that is not closed cannot be.
    """

    def __init__(self) -> None:
        self._found: dict[KeyPath, int] = {}
        self._tables: Counter[KeyPath] = Counter()  # how many there are in each array of tables
        self._header: KeyPath = ()

    def of(self, text: str) -> dict[KeyPath, int]:
        statement, begin = "", 1
        for number, line in enumerate(text.split("\n"), 1):
            statement += f"{line}\n"
            try:
                told = tomllib.loads(statement)
            except ValueError:
                continue  # goes on in the next line
            if told:
                self._note(statement, told, begin)
            statement, begin = "", number + 1
        return self._found

    def _note(self, statement: str, told: dict[str, Any], line: int) -> None:
        if statement.lstrip().startswith("["):
            self._header = self._path_of_header(told)
            for end in range(1, len(self._header) + 1):  # what is around it may stand nowhere by itself
                self._found.setdefault(self._header[:end], line)
        else:
            self._note_all(self._header, told, line)

    def _path_of_header(self, told: dict[str, Any]) -> KeyPath:
        """Of `[rule.match]`, which was read as nothing else, the tables around it: of an array of tables the last."""
        path: KeyPath = ()
        inside: Any = told
        while inside:
            [(key, inside)] = inside.items()
            path += (key,)
            if isinstance(inside, list):  # [[rule]]
                self._tables[path] += 1
                inside = inside[0]
            if path in self._tables:
                path += (self._tables[path] - 1,)
        return path

    def _note_all(self, path: KeyPath, value: object, line: int) -> None:
        self._found.setdefault(path, line)
        inside: list[tuple[str | int, Any]] = []
        if isinstance(value, dict):
            inside = list(value.items())
        elif isinstance(value, list):
            inside = list(enumerate(value))
        for key, one in inside:
            self._note_all((*path, key), one, line)
