"""The state: all SQL, one text for every engine."""

from bot.store.columns import Changes
from bot.store.database import Conflict, Database, Lease, SchemaTooNew, Stamp, StoreFault
from bot.store.due import Due, Work
from bot.store.events import Chain, Event, decided_by
from bot.store.leased import LONGEST_PAUSE, Leased
from bot.store.outgoing import Outgoing
from bot.store.pace import Limited
from bot.store.schema import MIGRATIONS
from bot.store.sqlite import SQLite
from bot.store.steps import StepChanges
from bot.store.store import Store, Transaction

__all__ = [
    "LONGEST_PAUSE",
    "MIGRATIONS",
    "Chain",
    "Changes",
    "Conflict",
    "Database",
    "Due",
    "Event",
    "Lease",
    "Leased",
    "Limited",
    "Outgoing",
    "SQLite",
    "SchemaTooNew",
    "Stamp",
    "StepChanges",
    "Store",
    "StoreFault",
    "Transaction",
    "Work",
    "decided_by",
]
