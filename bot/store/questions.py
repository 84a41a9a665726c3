"""Questions: what approvers want to know before they decide."""

from bot.domain.request import Question
from bot.store.database import Query, Row
from bot.store.nested import Nested

SHOWN = 3
"""Questions that stand on a card: the last ones."""

QUESTIONS = Nested(
    {name: f"last.{name}" for name in ("id", "asker", "text", "at")},
    f"""
    FROM (
        SELECT * FROM question WHERE question.request_id = request.id AND request.state = 'pending'
        ORDER BY question.id DESC LIMIT {SHOWN}
    ) AS last
    """,
)


class Questions:
    """The table `question`."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def of_version(self, request_id: str, version: int) -> Question | None:
        """The question by which a request came to a version."""
        rows = self._query(
            "SELECT * FROM question WHERE request_id = :id AND version = :version", id=request_id, version=version
        )
        return _question(rows[0]) if rows else None

    def is_asked(self, request_id: str, asker: str, view_id: str) -> bool:
        """Whether a form was sent before: Slack repeats what it has no answer to."""
        return bool(
            self._query(
                "SELECT id FROM question WHERE request_id = :id AND asker = :asker AND view_id = :view_id",
                id=request_id,
                asker=asker,
                view_id=view_id,
            )
        )

    def add(self, request_id: str, question: Question, *, view_id: str, version: int) -> None:
        """A question, sent from a form; `version` is that of the request which shows it."""
        self._query(
            """
            INSERT INTO question (request_id, asker, text, at, view_id, version)
            VALUES (:request_id, :asker, :text, :at, :view_id, :version)
            """,
            request_id=request_id,
            asker=question.asker,
            text=question.text,
            at=question.at,
            view_id=view_id,
            version=version,
        )


def read_questions(column: str | None) -> tuple[Question, ...]:
    """The last questions about a request that waits, oldest first, of the column `QUESTIONS`."""
    return tuple(_question(row) for row in sorted(QUESTIONS.read(column), key=lambda row: int(row["id"])))


def _question(row: Row) -> Question:
    return Question(asker=row["asker"], text=row["text"], at=float(row["at"]))
