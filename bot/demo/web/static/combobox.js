// A menu with search, of one choice or several. ARIA's combobox with a list (APG: combobox pattern).

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { isExternal, nameOf, offered, shortestQuery, valueOf } from "./offered.js";
import { changed, enter, idOf, state } from "./state.js";
import { words } from "./words.js";

const PAUSE = 150; // milliseconds without a key before the app is asked

const isMulti = (item) => item.element.type.startsWith("multi_");

/** A select menu. */
export function combobox(item, named) {
  const open = state.menu?.key === item.key ? state.menu : null;
  const id = idOf(item.key);
  const chosen = isMulti(item) || !item.value ? "" : nameOf(item.value);
  const shown = open ? offered(item, open) : [];
  const active = open && shown[open.active] ? `${id}-${open.active}` : nothing;
  const hint = item.element.placeholder?.text;
  const label = named.labelledby ? nothing : (hint ?? words().menu);
  return html`<div class="combobox">
    ${isMulti(item) ? tokens(item) : nothing}
    <input id=${id} role="combobox" autocomplete="off" spellcheck="false" aria-autocomplete="list"
      aria-expanded=${open ? "true" : "false"} aria-controls="${id}-list" aria-activedescendant=${active}
      aria-label=${label} aria-labelledby=${named.labelledby ?? nothing}
      aria-describedby=${describedBy(item, named)} aria-invalid=${named.invalid ? "true" : nothing}
      aria-busy=${item.busy} placeholder=${chosen || hint || ""}
      .value=${live(open ? open.query : chosen)}
      @click=${() => !open && show(item)} @blur=${() => open && hide()}
      @input=${(event) => search(item, event.target.value)}
      @keydown=${(event) => onKey(event, item, shown)}>
    ${chosen && item.block.optional
      ? html`<button type="button" class="clear" aria-label=${words().clear} @click=${() => choose(item, null)}>×</button>`
      : nothing}
    <div id="${id}-list" class="list" role="listbox" ?hidden=${!open} aria-labelledby=${named.labelledby ?? nothing}
      aria-multiselectable=${isMulti(item) ? "true" : nothing}>
      ${open ? groups(item, shown, open) : nothing}
      ${open && !shown.length ? html`<div class="nothing" role="presentation">${emptiness(item, open)}</div>` : nothing}
    </div>
  </div>`;
}

/** What is chosen among several, each with a way to take it back. */
function tokens(item) {
  const chosen = item.value ?? [];
  if (!chosen.length) return nothing;
  return html`<ul class="tokens">${chosen.map(
    (one, index) => html`<li><span id=${tokenOf(item, index)}>${nameOf(one)}</span> <button type="button"
      aria-label=${words().remove(nameOf(one))} @click=${() => takeBack(item, one)}>×</button></li>`,
  )}</ul>`;
}

const tokenOf = (item, index) => `${idOf(item.key)}-chosen-${index}`;

/** The hint of the field, and what is chosen in it already: a screen reader says both with its name. */
function describedBy(item, named) {
  const chosen = isMulti(item) ? (item.value ?? []).map((_, index) => tokenOf(item, index)) : [];
  return [named.describedby, ...chosen].filter((id) => id && id !== nothing).join(" ") || nothing;
}

/** The button that was pressed goes away with its choice: the keyboard goes on in the field. */
function takeBack(item, one) {
  document.getElementById(idOf(item.key))?.focus();
  return change(item, one, false);
}

/** The options, under the words of their group where they have one. */
function groups(item, shown, open) {
  const parts = [];
  shown.forEach((option, index) => {
    if (!parts.length || parts.at(-1).name !== option.group) parts.push({ name: option.group, rows: [] });
    parts.at(-1).rows.push(row(item, option, index, open));
  });
  return parts.map(({ name, rows }) =>
    name
      ? html`<div role="group" aria-label=${name}><div class="group" aria-hidden="true">${name}</div>${rows}</div>`
      : rows,
  );
}

function row(item, option, index, open) {
  const chosen = isChosen(item, option);
  return html`<div id="${idOf(item.key)}-${index}" role="option" aria-selected=${chosen ? "true" : "false"}
    aria-disabled=${!chosen && isFull(item) ? "true" : nothing}
    class=${index === open.active ? "active" : ""} @mousedown=${(event) => event.preventDefault()}
    @click=${() => take(item, option)}>
    ${option.text} ${option.description ? html`<small>${option.description}</small>` : nothing}
  </div>`;
}

const isChosen = (item, option) => [item.value ?? []].flat().some((one) => valueOf(one) === option.value);

/** Whether no more can be chosen (Slack: `max_selected_items`). */
const isFull = (item) => isMulti(item) && (item.value ?? []).length >= (item.element.max_selected_items ?? Infinity);

function emptiness(item, open) {
  if (open.loading) return words().loading;
  const shortest = shortestQuery(item);
  return open.query.length < shortest ? words().typeMore(shortest) : words().noResults;
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
  const { found = [] } = await item.use({ do: "search", query });
  if (menu !== state.menu || query !== menu.query) return; // something else was asked meanwhile
  menu.options = found;
  menu.loading = false;
  changed();
}

/** An option was clicked or entered: of one choice the menu closes, of several it stays open. */
function take(item, option) {
  if (!isMulti(item)) return choose(item, option);
  const ticked = !isChosen(item, option);
  if (ticked && isFull(item)) return undefined;
  return change(item, entryOf(item, option), ticked);
}

const entryOf = (item, option) =>
  /static|external/.test(item.element.type) ? { text: { text: option.text }, value: option.value } : option.value;

function choose(item, option) {
  hide();
  return item.asking(async () => {
    const settle = enter(item.key, option && entryOf(item, option));
    await item.use({ do: "choose", value: option?.value ?? null }, { busy: true });
    settle();
  });
}

function change(item, one, ticked) {
  return item.asking(async () => {
    const others = (item.value ?? []).filter((other) => valueOf(other) !== valueOf(one));
    const settle = enter(item.key, ticked ? [...others, one] : others);
    await item.use({ do: "tick", kind: "menu", ticked, value: valueOf(one) });
    settle();
  });
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
    if (open && shown[menu.active]) take(item, shown[menu.active]);
    else if (!open) show(item);
  } else if (event.key === "Backspace" && isMulti(item) && !event.target.value && item.value?.length) {
    change(item, item.value.at(-1), false);
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    hide();
  }
}
