"""What the bench finds: one figure a line, ratios first, and whether it is where it is meant to be."""

import itertools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table."""

    row: str  # of the table, "ack"
    what: str  # was measured, "approve, run, SQLite: median"
    unit: str  # of both sides, "ms"
    ours: float
    peer: str = ""  # what it is compared with; empty: nothing
    theirs: float | None = None
    ratio: float | None = None  # ours to theirs, by rounds where there are several
    aim: float | None = None  # at most: of the ratio where there is a peer, else of ours

    @property
    def met(self) -> bool | None:
        """Whether it is where it is meant to be; None where nothing is aimed at."""
        if self.aim is None:
            return None
        return (self.ours if self.ratio is None else self.ratio) <= self.aim

    def told(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self) | {"met": self.met}


def compared(
    row: str, what: str, unit: str, *, ours: Sequence[float], theirs: Sequence[float], peer: str, aim: float | None
) -> Figure:
    """A figure of several rounds, in each of which both took their turn: the median of the rounds' ratios."""
    return Figure(
        row=row,
        what=what,
        unit=unit,
        ours=statistics.median(ours),
        theirs=statistics.median(theirs),
        ratio=statistics.median(our / their for our, their in zip(ours, theirs, strict=True)),
        peer=peer,
        aim=aim,
    )


def quantile(samples: Iterable[float], part: float) -> float:
    """The sample below which so large a part of them is; the largest where there are few."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def table(figures: Iterable[Figure]) -> str:
    """All of them, by row."""
    lines = []
    for row, group in itertools.groupby(figures, key=lambda figure: figure.row):
        lines.append(f"\n{row}")
        lines += [_line(figure) for figure in group]
    return "\n".join(lines)


def _line(figure: Figure) -> str:
    ratio = f"{figure.ratio:7.2f} x" if figure.ratio is not None else " " * 9
    aim = "" if figure.aim is None else f"(aim {figure.aim:g}{': missed' if not figure.met else ''})"
    theirs = f" | {_number(figure.theirs)} {figure.peer}" if figure.theirs is not None else ""
    return f"{ratio}  {figure.what:<46} {aim:<18} {_number(figure.ours)} {figure.unit}{theirs}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
