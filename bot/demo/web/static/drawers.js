// What stands at the sides: in sight where there is room, else a drawer that is pulled out and put back.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { changed, state } from "./state.js";
import { words } from "./words.js";

/** Where each side has room beside a conversation (narrow.css has the same widths). */
const ROOM = { sidebar: matchMedia("(width >= 640px)"), backstage: matchMedia("(width >= 1100px)") };

const isDrawer = (name) => !ROOM[name].matches;

/** One side of the page, out of reach while it is put away. */
export function drawer(name, content) {
  const out = state.drawer === name;
  return html`<div class="side ${name}-side ${out ? "out" : ""}" id=${name} ?inert=${isDrawer(name) && !out}>${content}</div>`;
}

/** The button that pulls a drawer out; narrow.css shows it only where there is one. */
export function handle(name, label, content) {
  return html`<button type="button" class="handle ${name}-handle" aria-label=${label} aria-controls=${name}
    aria-expanded=${state.drawer === name ? "true" : "false"} @click=${() => pull(name)}>${content}</button>`;
}

/** Pulls a drawer out; an empty name puts it back. */
export function pull(name) {
  state.drawer = name;
  changed();
}

/** What is beside an open drawer: pressing it puts the drawer back. */
export function scrim() {
  if (!isOut()) return nothing;
  return html`<button type="button" class="scrim" aria-label=${words().close} @click=${() => pull("")}></button>`;
}

const isOut = () => Boolean(state.drawer) && isDrawer(state.drawer);

let settled = "";

/** Leads the focus into a drawer that was pulled out, and back to its handle when it was put away. */
export function settleDrawers() {
  const now = isOut() ? state.drawer : "";
  if (now === settled) return;
  const before = settled;
  settled = now;
  if (now) document.querySelector(`#${now} button`)?.focus();
  else if (document.activeElement === document.body || document.getElementById(before)?.contains(document.activeElement)) {
    document.querySelector(`.${before}-handle`)?.focus();
  }
}

for (const [name, room] of Object.entries(ROOM)) {
  room.addEventListener("change", () => pull(state.drawer === name ? "" : state.drawer));
}
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isOut()) pull("");
});
