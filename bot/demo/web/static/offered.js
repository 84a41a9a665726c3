// What a select menu offers: its own options, what the app finds, or people and conversations.

import { state } from "./state.js";

const SHORTEST = 3; // characters, unless the element says otherwise (Slack: min_query_length)

export const isExternal = (item) => item.element.type.endsWith("external_select");
export const shortestQuery = (item) => (isExternal(item) ? (item.element.min_query_length ?? SHORTEST) : 0);
export const valueOf = (chosen) => (typeof chosen === "string" ? chosen : chosen?.value);

/** The words of what is chosen: an option, or the id of somebody or of a conversation. */
export function nameOf(chosen) {
  if (typeof chosen !== "string") return chosen.text.text;
  if (chosen.startsWith("D")) return state.screen.app.name;
  return `${chosen.startsWith("U") ? "@" : "#"}${state.screen.names[chosen] ?? chosen}`;
}

/** Those that fit what is typed: {text, description, value, group}. */
export function offered(item, open) {
  if (isExternal(item)) return open.options;
  const query = open.query.toLowerCase();
  return everyOption(item).filter((option) => option.text.toLowerCase().includes(query));
}

function everyOption({ element }) {
  if (element.type.endsWith("users_select")) return named(state.screen.people);
  if (element.type.endsWith("channels_select")) return named(conversations(["public"]));
  if (element.type.endsWith("conversations_select")) {
    return named(conversations(element.filter?.include ?? ["public", "private", "im", "mpim"]));
  }
  const parts = element.option_groups ?? [{ options: element.options }];
  return parts.flatMap(({ label, options }) =>
    options.map((option) => ({
      text: option.text.text,
      description: option.description?.text,
      value: option.value,
      group: label?.text ?? "",
    })),
  );
}

const named = (many) => many.map(({ id }) => ({ text: nameOf(id), value: id, group: "" }));

/** Those of the kinds that the element asks for (Slack: filter for conversation lists). */
function conversations(wanted) {
  return state.screen.conversations.filter(
    ({ kind }) => (kind === "channel" && wanted.includes("public")) || (kind === "dm" && wanted.includes("im")),
  );
}
