"""0001 to 0010: a request is one createImage of one instance, with its decisions, events, cards and notices."""

ONE_IMAGE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "0001_requests",
        (
            """
            CREATE TABLE draft (
                id TEXT PRIMARY KEY,
                state TEXT NOT NULL,
                revision INTEGER NOT NULL,
                requester TEXT NOT NULL,
                region TEXT NOT NULL,
                content TEXT NOT NULL,
                created_at DOUBLE PRECISION NOT NULL,
                next_at DOUBLE PRECISION NOT NULL DEFAULT 0,
                owner TEXT NOT NULL DEFAULT '',
                lease_until DOUBLE PRECISION NOT NULL DEFAULT 0
            )
            """,
            "CREATE INDEX draft_checking ON draft (next_at) WHERE state = 'checking'",
            "CREATE INDEX draft_by_person ON draft (requester, created_at)",
            "CREATE INDEX draft_by_age ON draft (created_at)",
            """
            CREATE TABLE request (
                id TEXT PRIMARY KEY,
                draft_id TEXT NOT NULL UNIQUE,
                state TEXT NOT NULL,
                version INTEGER NOT NULL,
                requester TEXT NOT NULL,
                team TEXT NOT NULL,
                language TEXT NOT NULL,
                instance_id TEXT NOT NULL,
                plan TEXT NOT NULL,
                note TEXT NOT NULL,
                announce_in TEXT NOT NULL,
                quorum INTEGER NOT NULL,
                created_at DOUBLE PRECISION NOT NULL,
                expires_at DOUBLE PRECISION NOT NULL,
                approved_at DOUBLE PRECISION,
                submitted_at DOUBLE PRECISION,
                building_since DOUBLE PRECISION,
                finished_at DOUBLE PRECISION,
                attempts INTEGER NOT NULL DEFAULT 0,
                misses INTEGER NOT NULL DEFAULT 0,
                image_id TEXT NOT NULL DEFAULT '',
                problems TEXT NOT NULL DEFAULT '[]',
                ended_by TEXT NOT NULL DEFAULT '',
                next_at DOUBLE PRECISION NOT NULL,
                owner TEXT NOT NULL DEFAULT '',
                lease_until DOUBLE PRECISION NOT NULL DEFAULT 0
            )
            """,
            "CREATE INDEX request_due ON request (state, next_at)",
            "CREATE INDEX request_by_person ON request (requester, created_at)",
            "CREATE INDEX request_by_age ON request (created_at)",
            # One launch at a time per instance: JD Cloud refuses a second one, and a look-up stays unambiguous.
            """
            CREATE UNIQUE INDEX request_launching ON request (instance_id)
            WHERE state IN ('submitting', 'unsure', 'building')
            """,
            "CREATE INDEX request_ready ON request (finished_at) WHERE state = 'ready'",
            "CREATE INDEX request_ready_of_instance ON request (instance_id, finished_at) WHERE state = 'ready'",
            """
            CREATE TABLE decision (
                request_id TEXT NOT NULL REFERENCES request (id),
                approver TEXT NOT NULL,
                verdict TEXT NOT NULL,
                plan_hash TEXT NOT NULL,
                reason TEXT NOT NULL,
                at DOUBLE PRECISION NOT NULL,
                PRIMARY KEY (request_id, approver)
            )
            """,
            """
            CREATE TABLE event (
                id {identity},
                request_id TEXT NOT NULL REFERENCES request (id),
                at DOUBLE PRECISION NOT NULL,
                actor TEXT NOT NULL,
                kind TEXT NOT NULL,
                detail TEXT NOT NULL
            )
            """,
            "CREATE INDEX event_of_request ON event (request_id, id)",
            """
            CREATE TABLE card (
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
                UNIQUE (request_id, kind)
            )
            """,
            "CREATE INDEX card_owed ON card (next_at) WHERE drawn_version < version",
            """
            CREATE TABLE notice (
                id {identity},
                subject TEXT NOT NULL,
                request_id TEXT NOT NULL,
                draft_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                place TEXT NOT NULL,
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
                UNIQUE (subject, kind, place, version)
            )
            """,
            "CREATE INDEX notice_owed ON notice (next_at) WHERE ended_at IS NULL",
        ),
    ),
    (
        "0002_held",
        # What an owner holds is a handful of rows among many: renewing and giving back need not look at the others.
        tuple(
            f"CREATE INDEX {table}_held ON {table} (owner) WHERE owner <> ''"
            for table in ("draft", "request", "card", "notice")
        ),
    ),
    (
        "0003_event_chain",
        # The one row of event_chain is the end of the chain. Whoever adds an event holds it until the commit.
        (
            "ALTER TABLE event ADD COLUMN number BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE event ADD COLUMN hash TEXT NOT NULL DEFAULT ''",
            "CREATE UNIQUE INDEX event_number ON event (number) WHERE number > 0",
            "CREATE INDEX event_by_age ON event (at)",
            "CREATE TABLE event_chain (id INTEGER PRIMARY KEY, events BIGINT NOT NULL, hash TEXT NOT NULL)",
            "INSERT INTO event_chain VALUES (1, 0, '')",
        ),
    ),
    (
        "0004_region",
        (
            "ALTER TABLE request ADD COLUMN region TEXT NOT NULL DEFAULT ''",
            "UPDATE request SET region = {region_of_plan}",
        ),
    ),
    (
        "0005_before_the_chain",
        # How many events the chain does not cover: whoever puts in one more without a number is found by it.
        (
            "ALTER TABLE event_chain ADD COLUMN unchained BIGINT NOT NULL DEFAULT 0",
            """
            UPDATE event_chain SET unchained = (
                SELECT COUNT(*) FROM event
                WHERE number = 0 AND id < COALESCE((SELECT MIN(id) FROM event WHERE number > 0), 9223372036854775807)
            )
            """,
        ),
    ),
    (
        "0006_validity_of_approvals",
        (
            "ALTER TABLE decision ADD COLUMN validity TEXT NOT NULL DEFAULT 'valid'",
            "CREATE INDEX decision_unconfirmed ON decision (request_id) WHERE validity = 'unconfirmed'",
        ),
    ),
    (
        "0007_doubt",
        # Until now an attempt was a call that may have taken effect, or the one whose answer ended the request.
        (
            "ALTER TABLE request ADD COLUMN doubtful_calls INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE request ADD COLUMN doubtful_at DOUBLE PRECISION",
            "ALTER TABLE request ADD COLUMN trying_since DOUBLE PRECISION",
            """
            UPDATE request SET doubtful_calls = attempts, doubtful_at = submitted_at
            WHERE attempts > 0 AND image_id = '' AND state IN ('approved', 'submitting', 'unsure', 'failed')
            """,
        ),
    ),
    (
        "0008_doubt_and_pace_of_messages",
        (
            # What was tried before may have been done: a look at Slack settles it.
            *(
                step
                for table in ("card", "notice")
                for step in (
                    f"ALTER TABLE {table} ADD COLUMN doubtful_since DOUBLE PRECISION NOT NULL DEFAULT 0",
                    f"UPDATE {table} SET doubtful_since = 1 WHERE attempts > 0",
                )
            ),
            "ALTER TABLE card ADD COLUMN look_at DOUBLE PRECISION NOT NULL DEFAULT 0",
            "ALTER TABLE card ADD COLUMN perhaps_twice INTEGER NOT NULL DEFAULT 0",
            """
            UPDATE card SET look_at = 1 WHERE kind = 'approval' AND ts <> ''
                AND request_id IN (SELECT id FROM request WHERE state IN ('pending', 'unsure'))
            """,
            "CREATE INDEX card_looked_at ON card (look_at) WHERE look_at > 0",
            """
            CREATE TABLE pace (
                kind TEXT NOT NULL,
                conversation TEXT NOT NULL,
                next_at DOUBLE PRECISION NOT NULL,
                PRIMARY KEY (kind, conversation)
            )
            """,
        ),
    ),
    (
        "0009_cloud_status",
        (
            "ALTER TABLE request ADD COLUMN cloud_status TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE request ADD COLUMN cloud_status_since DOUBLE PRECISION",
        ),
    ),
    (
        "0010_seen_and_taken_up_again",
        # Of a request from before, nobody knows any more when its instance was last seen.
        (
            "ALTER TABLE request ADD COLUMN seen_status TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE request ADD COLUMN seen_at DOUBLE PRECISION",
            "ALTER TABLE request ADD COLUMN resumed_how TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE request ADD COLUMN resumed_by TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE request ADD COLUMN resumed_at DOUBLE PRECISION",
            "ALTER TABLE request ADD COLUMN looked_at DOUBLE PRECISION",
        ),
    ),
)
