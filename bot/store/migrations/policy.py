"""The steps by which rules of a policy file came to decide."""

_CARD = """
    request_id, kind, conversation, channel, ts, version, drawn_version, attempts, next_at, owner, lease_until,
    doubtful_since, look_at, perhaps_twice
"""
_NOTICE = """
    subject, request_id, draft_id, kind, place, version, conversation, channel, ts, attempts, ended_at, failure,
    next_at, owner, lease_until, doubtful_since
"""
_EVENT = "request_id, at, actor, kind, detail, number, hash"

POLICY: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "0014_rules",
        (
            "ALTER TABLE request ADD COLUMN promises TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE request ADD COLUMN policy_hash TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE decision ADD COLUMN rules TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE decision ADD COLUMN policy_hash TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE job ADD COLUMN seen_tags TEXT NOT NULL DEFAULT '[]'",
        ),
    ),
    (
        "0015_a_card_in_every_channel",
        # A request whose machines are decided about in several channels has a card of the approvers in each of them,
        # and what is said in threads is said in each. No engine that we use changes the key of a table as it stands.
        (
            """
            CREATE TABLE card_by_channel (
                id {identity},
                request_id TEXT NOT NULL REFERENCES request (id),
                kind TEXT NOT NULL,
                conversation TEXT NOT NULL,
                channel TEXT NOT NULL DEFAULT '',
                ts TEXT NOT NULL DEFAULT '',
                version INTEGER NOT NULL,
                drawn_version INTEGER NOT NULL DEFAULT 0,
                attempts INTEGER NOT NULL DEFAULT 0,
                next_at DOUBLE PRECISION NOT NULL DEFAULT 0,
                owner TEXT NOT NULL DEFAULT '',
                lease_until DOUBLE PRECISION NOT NULL DEFAULT 0,
                doubtful_since DOUBLE PRECISION NOT NULL DEFAULT 0,
                look_at DOUBLE PRECISION NOT NULL DEFAULT 0,
                perhaps_twice INTEGER NOT NULL DEFAULT 0,
                UNIQUE (request_id, kind, conversation)
            )
            """,
            f"INSERT INTO card_by_channel ({_CARD}) SELECT {_CARD} FROM card ORDER BY id",
            "DROP TABLE card",
            "ALTER TABLE card_by_channel RENAME TO card",
            "CREATE INDEX card_owed ON card (next_at) WHERE drawn_version < version",
            "CREATE INDEX card_held ON card (owner) WHERE owner <> ''",
            "CREATE INDEX card_looked_at ON card (look_at) WHERE look_at > 0",
            # `card`: the conversation of the card in whose thread it is said; empty for one of before.
            """
            CREATE TABLE notice_by_card (
                id {identity},
                subject TEXT NOT NULL,
                request_id TEXT NOT NULL,
                draft_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                place TEXT NOT NULL,
                card TEXT NOT NULL DEFAULT '',
                version INTEGER NOT NULL,
                conversation TEXT NOT NULL,
                channel TEXT NOT NULL DEFAULT '',
                ts TEXT NOT NULL DEFAULT '',
                attempts INTEGER NOT NULL DEFAULT 0,
                ended_at DOUBLE PRECISION,
                failure TEXT NOT NULL DEFAULT '',
                next_at DOUBLE PRECISION NOT NULL,
                owner TEXT NOT NULL DEFAULT '',
                lease_until DOUBLE PRECISION NOT NULL DEFAULT 0,
                doubtful_since DOUBLE PRECISION NOT NULL DEFAULT 0,
                UNIQUE (subject, kind, place, version, card)
            )
            """,
            f"INSERT INTO notice_by_card ({_NOTICE}) SELECT {_NOTICE} FROM notice ORDER BY id",
            "DROP TABLE notice",
            "ALTER TABLE notice_by_card RENAME TO notice",
            "CREATE INDEX notice_owed ON notice (next_at) WHERE ended_at IS NULL",
            "CREATE INDEX notice_held ON notice (owner) WHERE owner <> ''",
        ),
    ),
    (
        "0016_questions",
        (
            # `version`: of the request that shows it first, by which its notices find it.
            """
            CREATE TABLE question (
                id {identity},
                request_id TEXT NOT NULL REFERENCES request (id),
                asker TEXT NOT NULL,
                text TEXT NOT NULL,
                at DOUBLE PRECISION NOT NULL,
                view_id TEXT NOT NULL,
                version INTEGER NOT NULL,
                UNIQUE (request_id, asker, view_id)
            )
            """,
        ),
    ),
    (
        "0017_freeze",
        (
            """
            CREATE TABLE frozen (
                id {identity},
                asked TEXT NOT NULL UNIQUE,
                frozen_by TEXT NOT NULL,
                at DOUBLE PRECISION NOT NULL,
                until DOUBLE PRECISION NOT NULL,
                why TEXT NOT NULL,
                scope TEXT NOT NULL,
                ended_at DOUBLE PRECISION,
                ended_by TEXT NOT NULL DEFAULT ''
            )
            """,
            "CREATE INDEX frozen_now ON frozen (until) WHERE ended_at IS NULL",
            "ALTER TABLE notice ADD COLUMN freeze_id BIGINT NOT NULL DEFAULT 0",
            # An event may be about no request: a freeze is in the audit too. What was there keeps its order and its
            # hashes, which cover no id.
            """
            CREATE TABLE event_of_any (
                id {identity},
                request_id TEXT REFERENCES request (id),
                at DOUBLE PRECISION NOT NULL,
                actor TEXT NOT NULL,
                kind TEXT NOT NULL,
                detail TEXT NOT NULL,
                number BIGINT NOT NULL DEFAULT 0,
                hash TEXT NOT NULL DEFAULT ''
            )
            """,
            f"INSERT INTO event_of_any ({_EVENT}) SELECT {_EVENT} FROM event ORDER BY id",
            "DROP TABLE event",
            "ALTER TABLE event_of_any RENAME TO event",
            "CREATE INDEX event_of_request ON event (request_id, id)",
            "CREATE UNIQUE INDEX event_number ON event (number) WHERE number > 0",
            "CREATE INDEX event_by_age ON event (at)",
        ),
    ),
    (
        "0018_reminders",
        # Those who decide by one rule are reminded by themselves. `remind_at`: when to look next whether any are.
        (
            """
            CREATE TABLE reminder (
                request_id TEXT NOT NULL REFERENCES request (id),
                rule TEXT NOT NULL,
                count INTEGER NOT NULL DEFAULT 0,
                last_at DOUBLE PRECISION,
                escalated_at DOUBLE PRECISION,
                escalation_told INTEGER NOT NULL DEFAULT 0,
                PRIMARY KEY (request_id, rule)
            )
            """,
            "ALTER TABLE request ADD COLUMN remind_at DOUBLE PRECISION NOT NULL DEFAULT 0",
            "ALTER TABLE request ADD COLUMN nudged_at DOUBLE PRECISION",
            "ALTER TABLE request ADD COLUMN nudged TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE notice ADD COLUMN rules TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE notice ADD COLUMN asked TEXT NOT NULL DEFAULT '[]'",
            "CREATE INDEX request_reminded ON request (remind_at) WHERE state = 'pending'",
        ),
    ),
    (
        "0019_emergencies",
        (
            "ALTER TABLE request ADD COLUMN emergency_by TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE request ADD COLUMN emergency_why TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE request ADD COLUMN emergency_at DOUBLE PRECISION",
            "ALTER TABLE request ADD COLUMN reviewed_by TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE request ADD COLUMN reviewed_at DOUBLE PRECISION",
            """
            CREATE INDEX request_review_owed ON request (emergency_at)
            WHERE emergency_at IS NOT NULL AND reviewed_at IS NULL
            """,
        ),
    ),
    (
        "0020_claims_that_do_not_grow",
        (
            "CREATE INDEX card_to_post ON card (conversation, id) WHERE ts = '' AND drawn_version < version",
            "CREATE INDEX step_done_lately ON step (kind, ended_at) WHERE state = 'done'",
        ),
    ),
    (
        "0021_counts_and_ages",
        (
            """
            CREATE TABLE ended (
                state TEXT NOT NULL,
                region TEXT NOT NULL,
                requests INTEGER NOT NULL,
                PRIMARY KEY (state, region)
            )
            """,
            """
            INSERT INTO ended (state, region, requests)
            SELECT request.state, job.region, COUNT(DISTINCT request.id)
            FROM request JOIN job ON job.request_id = request.id
            WHERE request.state IN ('ready', 'partly', 'rejected', 'cancelled', 'expired', 'failed')
            GROUP BY request.state, job.region
            """,
            "DROP INDEX request_by_state",
            "CREATE INDEX request_by_state ON request (state, created_at)",
        ),
    ),
    (
        "0022_doubt_that_nobody_answered_for",
        # A retry had forgotten the attempts, and none with a call in doubt now means that a person has looked for it.
        ("UPDATE step SET attempts = 1 WHERE attempts = 0 AND doubtful_calls > 0",),
    ),
    (
        "0023_what_notices_ask",
        # `asks`: what a notice says that asks people to do something, until that is settled. `watched`: whether it is
        # looked at again when its request has another version than `looked_version`.
        (
            "ALTER TABLE notice ADD COLUMN asks TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE notice ADD COLUMN watched INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE notice ADD COLUMN looked_version INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX notice_watched ON notice (next_at) WHERE watched = 1",
            "ALTER TABLE step ADD COLUMN left_by TEXT NOT NULL DEFAULT ''",
        ),
    ),
    (
        "0024_what_ran_when_it_was_asked_for",
        ("ALTER TABLE job ADD COLUMN asked_status TEXT NOT NULL DEFAULT ''",),
    ),
)
