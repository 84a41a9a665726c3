"""The rules that are in force now, and which of them decide about what."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.cloud import ListedInstance
from bot.domain.draft import Draft
from bot.domain.meanwhile import Allowed
from bot.domain.request import ImageRequest
from bot.domain.rule import NO_RULES, Machine, Rule, Rulebook, Ruleset
from bot.service.ports import Clock


@dataclass(kw_only=True)
class CurrentRules:
    """Holds the rulebook, for everything that asks it: what is asked later goes by a book that was put in later."""

    book: Rulebook
    clock: Clock

    def replace(self, book: Rulebook) -> None:
        """From now on these rules are in force."""
        self.book = book

    def of(self, request: ImageRequest) -> Ruleset:
        """The rules that decide about a request, after as long as it has waited."""
        return self.at_first(request).after(self.clock() - request.created_at)

    def at_first(self, request: ImageRequest) -> Ruleset:
        """The rules that decide about a request, as they were before it had waited."""
        return self.book.ruleset(request.machines)

    def of_instances(self, instances: Iterable[ListedInstance]) -> Ruleset:
        """The rules that decide about a new request for these instances."""
        return self.book.ruleset(Machine.of(instance) for instance in instances)

    def of_draft(self, draft: Draft) -> Ruleset:
        """The rules that decide about a form, as far as its instances are loaded."""
        loaded = [job.instance for job in draft.jobs if job.instance]
        return self.of_instances(loaded) if loaded else NO_RULES

    def rule_for(self, instance: ListedInstance) -> Rule:
        """The rule that decides about an instance."""
        return self.book.rule_for(Machine.of(instance))

    def allowed(self, instance: ListedInstance) -> Allowed:
        """What a request may do to an instance while it runs."""
        rule = self.rule_for(instance)
        return Allowed(stopping=rule.stopping, live_images=rule.live)

    def everything(self) -> Ruleset:
        """All rules: for what is not about one request."""
        return self.book.everything
