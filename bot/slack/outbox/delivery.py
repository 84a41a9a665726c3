"""Delivery: brings owed cards and notices to Slack, as often as it takes, and nothing twice that can be known."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.circuit import Circuit
from bot.domain.cloud import Seen
from bot.domain.plan import Plan
from bot.service.form_state import FormStates
from bot.service.freezing import Freezing
from bot.slack.outbox.cards import Cards
from bot.slack.outbox.deciders import Deciders
from bot.slack.outbox.failures import Failures
from bot.slack.outbox.form_results import FormResults
from bot.slack.outbox.notices import Notices
from bot.slack.outbox.posting import Posting
from bot.slack.outbox.settled import Settled
from bot.slack.outbox.turns import Turns
from bot.slack.outbox.windows import Windows
from bot.store import Store


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Cards are redrawn until Slack shows the newest version; notices are sent once, and say when they are settled.

    What cannot go where it should goes to the requester's direct messages, and in the end to the operator's log.
    """

    cards: Cards
    notices: Notices
    settled: Settled
    circuit: Circuit

    @classmethod
    def over(
        cls,
        *,
        store: Store,
        windows: Windows,
        posting: Posting,
        deciders: Deciders,
        freezing: Freezing,
        channel_language: str,
        workspace_url: str,
        language_of: Callable[[str], str],
        look: Callable[[Plan], Awaitable[Mapping[int, Seen]]],
        clock: Callable[[], float],
    ) -> "Delivery":
        """All of it over one store and one Slack.

        Args:
            store: what is owed, and how it went.
            windows: the open forms.
            posting: the messages.
            deciders: whom to call, and whose approval is missing.
            freezing: what is frozen.
            channel_language: of what goes to a channel.
            workspace_url: the address that links to messages begin with.
            language_of: what somebody reads, by their id.
            look: tells how the instances of a plan are now, by job, where that can be told.
            clock: unix seconds.
        """
        turns = Turns(store=store, clock=clock)
        failures = Failures(store=store, circuit=posting.circuit, clock=clock)
        form_results = FormResults(windows=windows)
        cards = Cards(
            store=store,
            posting=posting,
            turns=turns,
            failures=failures,
            deciders=deciders,
            gate=freezing.counting.gate,
            channel_language=channel_language,
            workspace_url=workspace_url,
            clock=clock,
        )
        notices = Notices(
            store=store,
            posting=posting,
            turns=turns,
            failures=failures,
            form_results=form_results,
            form_states=FormStates(store=store, rules=deciders.rules, clock=clock),
            deciders=deciders,
            channel_language=channel_language,
            workspace_url=workspace_url,
            language_of=language_of,
            look=look,
            clock=clock,
        )
        settled = Settled(store=store, posting=posting, turns=turns, failures=failures)
        return cls(cards=cards, notices=notices, settled=settled, circuit=posting.circuit)

    def room(self, limit: int) -> int:
        """How many calls may be begun now: while Slack does not answer none, and one when it is time to try.

        So nothing that is owed is put off by Slack's silence: all of it goes as soon as Slack answers.
        """
        circuit = self.circuit
        if circuit.until_trial():
            return 0
        return min(limit, 1) if circuit.is_open else limit
