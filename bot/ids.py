"""New ids, from the system's randomness. Whoever needs one is handed the function, so that a test can own it."""

import secrets

from bot.domain.rules import REQUEST_ID_ALPHABET, REQUEST_ID_LENGTH


def new_request_id() -> str:
    """An id that people can say aloud: `IR-7K3QF`. The store says when it is taken already."""
    return "IR-" + _letters(REQUEST_ID_LENGTH)


def new_reference() -> str:
    """A short reference to a line in the operator's log: `E-4QZ7M2`."""
    return "E-" + _letters(6)


def new_draft_id() -> str:
    """An id nobody can guess: it stands in for its draft in a form's private metadata."""
    return secrets.token_urlsafe(16)


def new_owner() -> str:
    """The name of a worker, new at every start."""
    return "worker-" + secrets.token_hex(8)


def new_nonce() -> str:
    """A nonce for one signed call (JD Cloud: x-jdcloud-nonce)."""
    return secrets.token_hex(16)


def _letters(count: int) -> str:
    return "".join(secrets.choice(REQUEST_ID_ALPHABET) for _ in range(count))
