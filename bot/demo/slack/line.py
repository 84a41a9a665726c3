"""A person's line to the app: what they do becomes a payload, and what goes wrong becomes something they see."""

from collections.abc import Callable
from typing import Any

from bot.demo.slack import payloads
from bot.demo.slack.client import not_answered, says
from bot.demo.slack.form import Field, fields
from bot.demo.slack.methods.shown import message_json, view_json
from bot.demo.slack.records import Failure, Message, State, User, View
from bot.demo.slack.refusals import Json, Refusal
from bot.demo.slack.replies import answer as show_answer
from bot.demo.slack.requests import COMMAND, EVENT, INTERACTION, Answer, Transport
from bot.demo.slack.submission import obey
from bot.demo.slack.surfaces import suggestion_problems
from bot.demo.slack.workspace import Workspace

_SLACKBOT = "USLACKBOT"


class Line:
    """Sends what one person does.

    Args:
        workspace: where they do it.
        transport: gives what brings requests to the app at the moment.
        user_id: the person.
    """

    def __init__(self, workspace: Workspace, transport: Callable[[], Transport], user_id: str) -> None:
        self._workspace = workspace
        self._transport = transport
        self._user_id = user_id

    async def command(self, command: str, text: str, channel: str) -> Answer:
        """A slash command; what it is answered is shown in the channel."""
        secret = self._workspace.response_urls.issue(self._user_id, channel)
        payload = payloads.command(
            self._workspace,
            self._user,
            words=(command, text),
            channel=channel,
            urls=(self._trigger(channel), self._response_url("commands", secret)),
        )
        answer = await self._transport().deliver(COMMAND, payload)
        if answer.error:
            return self._let_down(command, answer, channel=channel)
        if not (answer.text or answer.body.get("blocks")):
            return answer
        try:
            shown = show_answer(self._workspace, self._user_id, channel, answer.body)
        except Refusal:
            return self._let_down(command, answer.spoilt(), channel=channel)
        self._workspace.response_urls.look_at(secret).message_ts = shown.ts
        kind = str(answer.body.get("response_type", "ephemeral"))
        return Answer(answer.status, self._workspace.read(shown), kind, answer.body)

    async def shortcut(self, callback_id: str) -> Answer:
        """A global shortcut."""
        chosen = {
            "callback_id": callback_id,
            "trigger_id": self._trigger(""),
            "action_ts": self._workspace.next_ts(),
        }
        return await self._interact("shortcut", chosen)

    async def message_shortcut(self, callback_id: str, message: Message) -> Answer:
        """A shortcut in the menu of a message."""
        chosen = {
            "callback_id": callback_id,
            "trigger_id": self._trigger(message.channel),
            "response_url": self._message_url(message),
            "action_ts": self._workspace.next_ts(),
            "message_ts": message.ts,
            "channel": {"id": message.channel, "name": self._workspace.channels[message.channel].name},
            "message": message_json(self._workspace, message, with_metadata=False),
        }
        return await self._interact("message_action", chosen)

    async def home_opened(self) -> Answer:
        """The event that the Home tab was opened."""
        event = payloads.home_opened(self._workspace, self._user, self._workspace.home(self._user_id))
        answer = await self._transport().deliver(EVENT, event)
        return self._let_down("app_home_opened", answer) if answer.error else answer

    async def used(self, place: Message | View, found: Field, values: State, **chosen: Any) -> Answer:
        """An element was used; `chosen` is what is now entered in it.

        An app that does not answer well is marked at the element, and says nothing in the conversation.
        """
        action = payloads.action(found.block_id, found.element, self._workspace.next_ts(), **chosen)
        told = self._where(place, values) | {"actions": [action]}
        if isinstance(place, View):
            return await self._interact("block_actions", told | {"trigger_id": self._trigger(place.origin, place.id)})
        told |= {"trigger_id": self._trigger(place.channel), "response_url": self._message_url(place)}
        return await self._interact("block_actions", told)

    async def suggestions(self, place: Message | View, found: Field, values: State, query: str) -> list[Json]:
        """What the app offers in an external menu for what was typed: options, or groups of them with their labels."""
        asked = {"action_id": found.action_id, "block_id": found.block_id, "value": query}
        payload = self._interaction("block_suggestion") | asked | self._where(place, values)
        answer = await self._transport().deliver(INTERACTION, payload)
        if not answer.error and suggestion_problems(answer.body):
            answer = answer.spoilt()
        if answer.error:
            self._let_down("block_suggestion", answer)
            return []
        return list(answer.body.get("option_groups") or answer.body.get("options", []))

    async def submitted(self, view: View) -> dict[str, str]:
        """A form was sent. Returns the errors that are then shown: label -> text, under "" what Slack says itself."""
        payload = self._interaction("view_submission") | {
            "trigger_id": self._trigger(view.origin, view.id),
            "view": view_json(self._workspace, view, with_state=True),
            "response_urls": self._chosen_urls(view),
        }
        answer = await self._transport().deliver(INTERACTION, payload)
        if not answer.error:
            try:
                return obey(self._workspace, view, answer.body)
            except Refusal:
                answer = answer.spoilt()
        self._let_down("view_submission", answer)
        trouble = says(self._user.locale, "trouble")
        if view.id in {one.id for one in self._workspace.views.stack(self._user_id)}:
            self._workspace.views.show_errors(view, {}, trouble=trouble)
        return {"": trouble}

    async def closed(self, view: View, *, cleared: bool) -> None:
        """A form was closed, alone or with all others."""
        told = {"view": view_json(self._workspace, view, with_state=True), "is_cleared": cleared}
        await self._interact("view_closed", told)

    @property
    def _user(self) -> User:
        return self._workspace.users[self._user_id]

    def _interaction(self, kind: str) -> Json:
        return payloads.interaction(self._workspace, self._user, kind)

    async def _interact(self, kind: str, told: Json) -> Answer:
        answer = await self._transport().deliver(INTERACTION, self._interaction(kind) | told)
        return self._let_down(kind, answer) if answer.error else answer

    def _where(self, place: Message | View, values: State) -> Json:
        if isinstance(place, View):
            return payloads.in_view(self._workspace, place)
        return payloads.in_message(self._workspace, place, values)

    def _trigger(self, origin: str, view_id: str = "") -> str:
        return self._workspace.triggers.issue(self._user_id, origin=origin, view_id=view_id)

    def _message_url(self, message: Message) -> str:
        secret = self._workspace.response_urls.issue(self._user_id, message.channel, message.ts)
        return self._response_url("actions", secret)

    def _chosen_urls(self, view: View) -> list[Json]:
        """Addresses for the conversations chosen in a form, where it asks for them."""
        urls: list[Json] = []
        for one in fields(view.blocks):
            chosen = one.entered(view.values) if one.element.get("response_url_enabled") else None
            if chosen:
                url = self._response_url("app", self._workspace.response_urls.issue(self._user_id, chosen))
                place = {"block_id": one.block_id, "action_id": one.action_id, "channel_id": chosen}
                urls.append({**place, "response_url": url})
        return urls

    def _response_url(self, kind: str, secret: str) -> str:
        return f"{self._workspace.url}/{kind}/{self._workspace.team.id}/{secret}"

    def _let_down(self, did: str, answer: Answer, *, channel: str = "") -> Answer:
        """The app did not answer well: it is noted, and a command that fails is told of where it was typed."""
        shown = self._shown(did, answer, channel)
        if channel:
            self._workspace.post(
                Message(channel=channel, ts="", author=_SLACKBOT, text=shown, ephemeral_for=self._user_id)
            )
        now = self._workspace.clock()
        self._workspace.failed(Failure(now, self._user_id, did, answer.error, shown, answer.status))
        return answer

    def _shown(self, did: str, answer: Answer, channel: str) -> str:
        if channel:
            return says(self._user.locale, "command failed", did=did, error=answer.error)
        if did == "block_actions":
            return not_answered(self._user.locale, answer)
        return says(self._user.locale, "trouble")
