"""What a form shows, read and changed as one: a draft, with the rules that decide about it and what holds it up."""

from dataclasses import dataclass

from bot.domain.draft import Act, Draft
from bot.domain.freeze import Freeze
from bot.domain.rule import Ruleset
from bot.service.change import BY_ITSELF, ChangeIn, changed_draft, existing_draft, until_saved
from bot.service.current_rules import CurrentRules
from bot.service.ports import Clock
from bot.store import Store, Transaction


@dataclass(frozen=True)
class FormState:
    """A draft as it stood in one transaction, and what its form says besides."""

    draft: Draft
    ruleset: Ruleset  # that decides about it, as far as its instances are loaded
    frozen: Freeze | None  # what holds it up; of several freezes the one that lasts longest


@dataclass(frozen=True, kw_only=True)
class FormStates:
    """Reads them, in the transaction that reads or writes the draft: no form asks for one thing after the other."""

    store: Store
    rules: CurrentRules
    clock: Clock

    def of(self, tx: Transaction, draft: Draft) -> FormState:
        """A draft that was read or written in this transaction."""
        ruleset = self.rules.of_draft(draft)
        return FormState(draft, ruleset, tx.freezes.over(ruleset.names, self.clock()))

    async def get(self, draft_id: str) -> FormState:
        """One as it stands.

        Raises:
            UserError: there is no such draft (any more).
        """
        return await self.store.read(lambda tx: self.of(tx, existing_draft(tx.drafts.get(draft_id))))

    async def change(self, draft_id: str, change: ChangeIn, act: Act = BY_ITSELF) -> FormState:
        """Changes one, and returns it as it then is (see `change_draft`).

        Raises:
            UserError: there is no such draft, it is somebody else's, or what `change` raises.
            Late: what a person did came too late.
        """

        def work(tx: Transaction) -> FormState | None:
            draft = changed_draft(tx, draft_id, change, act)
            return self.of(tx, draft) if draft else None

        return await until_saved(self.store, work)
