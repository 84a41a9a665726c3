"""From 0011: a request is jobs, one for each instance, and a job is steps."""

JOBS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "0011_jobs_and_steps",
        # What a request was doing was its one step: the image. What its leases guard is the step's from here on.
        (
            "ALTER TABLE request ADD COLUMN begin_at DOUBLE PRECISION NOT NULL DEFAULT 0",
            "ALTER TABLE request ADD COLUMN ending INTEGER NOT NULL DEFAULT 0",
            """
            CREATE TABLE job (
                request_id TEXT NOT NULL REFERENCES request (id),
                number INTEGER NOT NULL,
                region TEXT NOT NULL,
                instance_id TEXT NOT NULL,
                state TEXT NOT NULL,
                PRIMARY KEY (request_id, number)
            )
            """,
            # One job at a time per instance: JD Cloud refuses what overlaps, and a look-up stays unambiguous.
            "CREATE UNIQUE INDEX job_running ON job (instance_id) WHERE state = 'running'",
            """
            CREATE TABLE step (
                id {identity},
                request_id TEXT NOT NULL REFERENCES request (id),
                job INTEGER NOT NULL,
                position INTEGER NOT NULL,
                region TEXT NOT NULL,
                instance_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                undoes INTEGER,
                state TEXT NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                doubtful_calls INTEGER NOT NULL DEFAULT 0,
                doubtful_at DOUBLE PRECISION,
                trying_since DOUBLE PRECISION,
                called_at DOUBLE PRECISION,
                working_since DOUBLE PRECISION,
                ended_at DOUBLE PRECISION,
                misses INTEGER NOT NULL DEFAULT 0,
                result TEXT NOT NULL DEFAULT '',
                progress TEXT NOT NULL DEFAULT '',
                cloud_status TEXT NOT NULL DEFAULT '',
                cloud_status_since DOUBLE PRECISION,
                looked_at DOUBLE PRECISION,
                problems TEXT NOT NULL DEFAULT '[]',
                next_at DOUBLE PRECISION NOT NULL DEFAULT 0,
                owner TEXT NOT NULL DEFAULT '',
                lease_until DOUBLE PRECISION NOT NULL DEFAULT 0,
                UNIQUE (request_id, job, position)
            )
            """,
            "CREATE INDEX step_due ON step (state, next_at)",
            "CREATE INDEX step_held ON step (owner) WHERE owner <> ''",
            "CREATE INDEX step_done ON step (kind, instance_id, ended_at) WHERE state = 'done'",
            """
            INSERT INTO job (request_id, number, region, instance_id, state)
            SELECT id, 0, region, instance_id, CASE
                WHEN state IN ('pending', 'approved') THEN 'waiting'
                WHEN state IN ('submitting', 'unsure', 'building') THEN 'running'
                ELSE 'ended' END
            FROM request
            """,
            """
            INSERT INTO step (request_id, job, position, region, instance_id, kind, state, attempts, doubtful_calls,
                doubtful_at, trying_since, called_at, working_since, ended_at, misses, result, cloud_status,
                cloud_status_since, looked_at, problems, next_at, owner, lease_until)
            SELECT id, 0, 0, region, instance_id, 'image', CASE state
                WHEN 'pending' THEN 'planned' WHEN 'approved' THEN 'planned' WHEN 'submitting' THEN 'calling'
                WHEN 'unsure' THEN 'unsure' WHEN 'building' THEN 'working' WHEN 'ready' THEN 'done'
                WHEN 'failed' THEN 'failed' ELSE 'skipped' END,
                attempts, doubtful_calls, doubtful_at, trying_since, submitted_at, building_since, finished_at, misses,
                image_id, cloud_status, cloud_status_since, looked_at,
                CASE WHEN state = 'pending' THEN '[]' ELSE problems END, next_at, owner, lease_until
            FROM request
            """,
            "UPDATE request SET problems = '[]' WHERE state <> 'pending'",
            "UPDATE request SET state = 'working' WHERE state IN ('submitting', 'unsure', 'building')",
            "DROP INDEX request_due",
            "DROP INDEX request_launching",
            "DROP INDEX request_held",
            "CREATE INDEX request_by_state ON request (state)",
            *(
                f"ALTER TABLE request DROP COLUMN {column}"
                for column in (
                    "attempts",
                    "doubtful_calls",
                    "doubtful_at",
                    "trying_since",
                    "submitted_at",
                    "building_since",
                    "misses",
                    "image_id",
                    "cloud_status",
                    "cloud_status_since",
                    "looked_at",
                    "next_at",
                    "owner",
                    "lease_until",
                )
            ),
        ),
    ),
    (
        "0012_several_jobs",
        (
            "ALTER TABLE job ADD COLUMN let_on INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE job ADD COLUMN seen_status TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE job ADD COLUMN seen_at DOUBLE PRECISION",
            """
            UPDATE job SET seen_status = (SELECT seen_status FROM request WHERE request.id = job.request_id),
                seen_at = (SELECT seen_at FROM request WHERE request.id = job.request_id)
            """,
            "CREATE INDEX job_of_instance ON job (instance_id)",
            "DROP INDEX request_ready_of_instance",
            *(
                f"ALTER TABLE request DROP COLUMN {column}"
                for column in ("region", "instance_id", "seen_status", "seen_at")
            ),
        ),
    ),
    (
        "0013_steps_let_go",
        ("ALTER TABLE step ADD COLUMN let_go INTEGER NOT NULL DEFAULT 0",),
    ),
)
