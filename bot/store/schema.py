"""The schema, as a ladder of named steps that every engine climbs. A step that is out is never changed.

Those that belong together are a module of `bot/store/migrations/`; a new step is the last of the last one, or begins a
module of its own. `{identity}` and `{region_of_plan}` are what engines write differently.
"""

from collections.abc import Collection, Sequence

from bot.store.database import SchemaTooNew
from bot.store.migrations.jobs import JOBS
from bot.store.migrations.one_image import ONE_IMAGE
from bot.store.migrations.policy import POLICY

LADDER = "createimage"
"""What the ladder is called where steps of several are noted (sqlite-utils: the name of a set of migrations)."""

MIGRATIONS = (*ONE_IMAGE, *JOBS, *POLICY)
"""Name and statements of every step, in the order in which they are taken."""


def pending(database: str, taken: Collection[str]) -> Sequence[str]:
    """The names of the steps that are still to be taken.

    Args:
        database: what it is called.
        taken: the names of the steps that it has.

    Raises:
        SchemaTooNew: it has steps that this version does not know.
    """
    known = [name for name, _ in MIGRATIONS]
    if unknown := sorted(set(taken) - set(known)):
        raise SchemaTooNew(f"{database} was made by a newer version ({', '.join(unknown)})")
    return [name for name in known if name not in taken]
