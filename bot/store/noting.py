"""Whether a transaction has written anything that gives somebody work: only then is anybody told of it."""

from collections.abc import Sequence

from bot.store.database import Query, Row


class Noting:
    """A transaction's query, which notes that. The tables hold it, and not the transaction that holds them: in a circle
    all of them would lie about until the garbage is looked for.
    """

    def __init__(self, query: Query) -> None:
        self.gives_work = False
        self._query = query

    def __call__(self, sql: str, **parameters: object) -> Sequence[Row]:
        """One statement. Every write that gives somebody work returns the rows it changed."""
        rows = self._query(sql, **parameters)
        if rows and not sql.lstrip().startswith("SELECT"):
            self.gives_work = True
        return rows

    def quietly(self, sql: str, **parameters: object) -> Sequence[Row]:
        """One that gives nobody work, though it returns what it changed; or only what `tell` tells of."""
        return self._query(sql, **parameters)

    def tell(self) -> None:
        """There is work, after all."""
        self.gives_work = True
