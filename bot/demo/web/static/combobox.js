// A menu with search: static, filled by the app, or of conversations. ARIA's combobox with a list (APG: combobox pattern).

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { changed, enter, idOf, perform, state } from "./state.js";

const PAUSE = 150; // milliseconds without a key before the app is asked
const SHORTEST = 3; // characters, unless the element says otherwise (Slack: min_query_length)

/** A select menu. */
export function combobox(item, named) {
  const open = state.menu?.key === item.key ? state.menu : null;
  const id = idOf(item.key);
  const words = wordsOf(item);
  const shown = open ? offered(item, open) : [];
  const active = open && shown[open.active] ? `${id}-${open.active}` : nothing;
  const label = named.labelledby ? nothing : (item.element.placeholder?.text ?? "Menu");
  return html`<div class="combobox">
    <input id=${id} role="combobox" autocomplete="off" spellcheck="false" aria-autocomplete="list"
      aria-expanded=${open ? "true" : "false"} aria-controls="${id}-list" aria-activedescendant=${active}
      aria-label=${label} aria-labelledby=${named.labelledby ?? nothing}
      aria-describedby=${named.describedby ?? nothing} aria-invalid=${named.invalid ? "true" : nothing}
      aria-busy=${item.busy} placeholder=${words || item.element.placeholder?.text || ""}
      .value=${live(open ? open.query : words)}
      @click=${() => !open && show(item)} @blur=${() => open && hide()}
      @input=${(event) => search(item, event.target.value)}
      @keydown=${(event) => onKey(event, item, shown)}>
    ${words && item.block.optional
      ? html`<button type="button" class="clear" aria-label="Clear" @click=${() => choose(item, null)}>×</button>`
      : nothing}
    <ul id="${id}-list" role="listbox" ?hidden=${!open} aria-labelledby=${named.labelledby ?? nothing}>
      ${open ? shown.map((option, index) => row(item, option, index, open)) : nothing}
      ${open && !shown.length ? html`<li class="nothing" role="presentation">${emptiness(item, open)}</li>` : nothing}
    </ul>
  </div>`;
}

function row(item, option, index, open) {
  const chosen = valueOf(item.value) === option.value;
  return html`<li id="${idOf(item.key)}-${index}" role="option" aria-selected=${chosen ? "true" : "false"}
    class=${index === open.active ? "active" : ""} @mousedown=${(event) => event.preventDefault()}
    @click=${() => choose(item, option)}>
    ${option.text} ${option.description ? html`<small>${option.description}</small>` : nothing}
  </li>`;
}

function emptiness(item, open) {
  if (open.loading) return "Loading…";
  const shortest = shortestQuery(item);
  return open.query.length < shortest ? `Type ${shortest} characters or more.` : "No results";
}

const isExternal = (item) => item.element.type === "external_select";
const isConversations = (item) => item.element.type === "conversations_select";
const shortestQuery = (item) => (isExternal(item) ? (item.element.min_query_length ?? SHORTEST) : 0);
const valueOf = (chosen) => (typeof chosen === "string" ? chosen : chosen?.value);

function wordsOf(item) {
  const { value } = item;
  if (!value) return "";
  return typeof value === "string" ? conversationName(value) : value.text.text;
}

function conversationName(id) {
  if (id.startsWith("D")) return state.screen.app.name;
  return `#${state.screen.names[id] ?? id}`;
}

function everyOption(item) {
  const { options, option_groups: groups } = item.element;
  if (isConversations(item)) return conversations(item).map(({ id }) => ({ text: conversationName(id), value: id }));
  return (options ?? groups.flatMap((group) => group.options)).map((option) => ({
    text: option.text.text,
    description: option.description?.text,
    value: option.value,
  }));
}

/** Those of the kinds that the element asks for (Slack: filter for conversation lists). */
function conversations(item) {
  const wanted = item.element.filter?.include ?? ["public", "private", "im", "mpim"];
  return state.screen.conversations.filter(
    ({ kind }) => (kind === "channel" && wanted.includes("public")) || (kind === "dm" && wanted.includes("im")),
  );
}

function offered(item, open) {
  if (isExternal(item)) return open.options;
  const query = open.query.toLowerCase();
  return everyOption(item).filter((option) => option.text.toLowerCase().includes(query));
}

function show(item) {
  state.menu = { key: item.key, query: "", options: [], active: 0, loading: false, timer: 0 };
  if (isExternal(item)) ask(item);
  changed();
  requestAnimationFrame(() => document.getElementById(`${idOf(item.key)}-list`)?.scrollIntoView({ block: "nearest" }));
}

function hide() {
  clearTimeout(state.menu?.timer);
  state.menu = null;
  changed();
}

function search(item, query) {
  if (state.menu?.key !== item.key) show(item);
  const menu = state.menu;
  menu.query = query;
  menu.active = 0;
  clearTimeout(menu.timer);
  if (isExternal(item)) {
    menu.loading = query.length >= shortestQuery(item);
    menu.timer = setTimeout(() => ask(item), PAUSE);
  }
  changed();
}

async function ask(item) {
  const menu = state.menu;
  const { query } = menu;
  menu.loading = query.length >= shortestQuery(item);
  if (!menu.loading) menu.options = [];
  changed();
  if (!menu.loading) return;
  const { options = [] } = await perform({ do: "search", ...item.place, query });
  if (menu !== state.menu || query !== menu.query) return; // something else was asked meanwhile
  menu.options = options;
  menu.loading = false;
  changed();
}

async function choose(item, option) {
  hide();
  const shown = option && (isConversations(item) ? option.value : { text: { text: option.text }, value: option.value });
  const settle = enter(item.key, shown);
  await perform({ do: "choose", ...item.place, value: option?.value ?? null }, item.key);
  settle();
}

function onKey(event, item, shown) {
  const { menu } = state;
  const open = menu?.key === item.key;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) return show(item);
    const step = event.key === "ArrowDown" ? 1 : -1;
    menu.active = shown.length ? (menu.active + step + shown.length) % shown.length : 0;
    changed();
    requestAnimationFrame(() =>
      document.getElementById(`${idOf(item.key)}-${menu.active}`)?.scrollIntoView({ block: "nearest" }),
    );
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault(); // never sends the form from a menu
    if (open && shown[menu.active]) choose(item, shown[menu.active]);
    else if (!open) show(item);
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    hide();
  }
}
