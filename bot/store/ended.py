"""How many requests have ended, and how: kept, as counting them would take longer with each that ends."""

from bot.domain.lifecycle import State
from bot.store.database import Query


class Ended:
    """The table `ended`: requests by the state in which they ended, and the region of their jobs."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._noted: list[tuple[str, State, int]] = []

    def note(self, request_id: str, state: State, *, more: int = 1) -> None:
        """A request has ended in this state, or with -1 has come back from it: written at the transaction's end."""
        self._noted.append((request_id, state, more))

    def write(self) -> None:
        """Writes what was noted. Whoever writes holds the end of the chain of events, so that two never wait for each
        other.
        """
        for request_id, state, more in self._noted:
            self._query(
                """
                INSERT INTO ended (state, region, requests)
                SELECT DISTINCT :state, region, CAST(:more AS INTEGER) FROM job WHERE request_id = :request_id
                ON CONFLICT (state, region) DO UPDATE SET requests = ended.requests + excluded.requests
                """,
                request_id=request_id,
                state=state,
                more=more,
            )
        self._noted.clear()
