"""The command line on emergencies: an operator finds them, and sees which of them nobody has reviewed."""

import json
import re
from pathlib import Path
from typing import Any

from bot.domain.lifecycle import Move
from bot.store import SQLite, Store, Transaction
from tests.program import bot
from tests.unit.examples import a_request


async def begin(path: Path, *, review: bool = False) -> None:
    """Of two requests, one is begun in an emergency; an approver looks at it."""
    store = Store(SQLite(path))
    await store.open()

    def work(tx: Transaction) -> None:
        for request, moved in ((a_request(id="IR-BURNS"), Move.EMERGENCY), (a_request(id="IR-USUAL"), Move.APPROVE)):
            tx.requests.add(request, draft_id=request.id, cards=())
            changes: dict[str, Any] = {}
            if moved is Move.EMERGENCY:
                changes = {"emergency_by": "U0DAN", "emergency_why": "it burns \x1b[31m", "emergency_at": 2_000.0}
            detail = {"reason": "it burns \x1b[31m", "rules": '["web"]'} if changes else {}
            tx.requests.advance(request.id, moved, at=2_000.0, actor="U0DAN", detail=detail, **changes)
        if review:
            tx.requests.review("IR-BURNS", at=90_000.0, actor="U0BEN")

    await store.transact(work)
    await store.close()


async def test_an_emergency_is_marked(tmp_path: Path) -> None:
    """In the list, in what is told of it alone, and in the audit, until an approver has looked at it and afterwards."""
    await begin(tmp_path / "owed.db")
    await begin(tmp_path / "seen.db", review=True)
    owed, seen = ({"DATABASE_URL": f"sqlite:///{tmp_path}/{name}.db"} for name in ("owed", "seen"))

    listed = {line.split()[0]: line for line in bot("requests", **owed).stdout.splitlines()}
    assert "approved (emergency, review owed)" in listed["IR-BURNS"]
    assert "emergency" not in listed["IR-USUAL"]
    assert re.search(r"IR-BURNS +approved \(emergency\) ", bot("requests", **seen).stdout)

    head, line = bot("requests", "--review-owed", **owed).stdout.splitlines()
    assert (head.split()[0], line.split()[0]) == ("REQUEST", "IR-BURNS")
    assert "IR-BURNS" in bot("requests", "--review-owed", "--state", "approved", "--limit", "1", **owed).stdout
    assert "IR-BURNS" not in bot("requests", "--review-owed", "--state", "ready", **owed).stdout
    nothing = bot("requests", "--review-owed", **seen)
    assert (nothing.returncode, nothing.stderr) == (0, "No request matches.\n")

    whole = bot("requests", "IR-BURNS", **owed).stdout
    begun = r"^emergency +begun by U0DAN without an approval, 1970-01-01T00:33:20Z: it burns \\x1b\[31m$"
    assert re.search(begun, whole, re.MULTILINE)
    assert re.search(r"^review +owed$", whole, re.MULTILINE)
    assert re.search(r"^review +by U0BEN, 1970-01-02T", bot("requests", "IR-BURNS", **seen).stdout, re.MULTILINE)
    assert "emergency" not in bot("requests", "IR-USUAL", **owed).stdout

    kinds = [line.split()[3] for line in bot("audit", "--request", "IR-BURNS", **seen).stdout.splitlines()[1:]]
    assert kinds == ["request", "emergency", "review"]
    lines = bot("audit", "--actor", "U0DAN", "--format", "jsonl", **owed).stdout.splitlines()
    (detail,) = [event["detail"] for event in map(json.loads, lines) if event["kind"] == "emergency"]
    assert detail == {"reason": "it burns \x1b[31m", "rules": '["web"]'}
