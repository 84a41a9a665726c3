// What the page knows: the screen as the server told it last, and what only this page knows about.

import { act } from "./net.js";

export const state = {
  /** What the person sees; null until it is first told. */
  screen: null,
  /** Id of the person this page acts as. */
  user: "",
  /** Id of the conversation that is shown, or "home". */
  conversation: "",
  /** Whether the server tells us what happens. */
  online: true,
  /** What the person is told at once, besides what is on the screen: a key of the page's words. */
  said: "",
  /** "sidebar" or "backstage": the drawer that is open, where there is no room for both. */
  drawer: "",
  /** key -> {words, version}: what Slack shows at an element whose app did not answer well. */
  marks: new Map(),
  /** Keys of what waits for an answer. */
  busy: new Set(),
  /** key -> {value, settled}: what was entered here and the server has not shown back yet. */
  entered: new Map(),
  /** The menu that is open: {key, query, options, active, loading}. */
  menu: null,
  /** The question that is open: {confirm, done}. */
  question: null,
};

let redraw = () => {};
let waiting = false;

/** Tells how the page is drawn. */
export function drawWith(draw) {
  redraw = draw;
}

/** Draws the page anew, once for all that changes at the same time. */
export function changed() {
  if (waiting) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    redraw();
  });
}

/** Is somebody, and looks somewhere. */
export function go(user, conversation) {
  state.drawer = "";
  location.hash = `${user}/${conversation}`;
  changed();
}

/** Does something as the person, with `key` shown as busy meanwhile. */
export async function perform(what, key = "") {
  if (key) state.busy.add(key);
  changed();
  const answer = await act({ user: state.user, ...what });
  state.busy.delete(key);
  if (answer.said) state.said = answer.said;
  if (answer.refused) console.error("refused", JSON.stringify(what), JSON.stringify(answer.refused));
  changed();
  return answer;
}

/** Enters something: it shows at once, and until the server shows what became of it. */
export function enter(key, value) {
  const entry = { value, settled: false };
  state.entered.set(key, entry);
  changed();
  return () => {
    entry.settled = true;
  };
}

/** A new screen: what was entered and has been answered is now the server's to show. */
export function arrived(screen) {
  state.screen = screen;
  for (const [key, entry] of state.entered) if (entry.settled) state.entered.delete(key);
  changed();
}

const ids = new Map();

/** A short id for the document, the same for the same key. */
export function idOf(key) {
  if (!ids.has(key)) ids.set(key, `e${ids.size}`);
  return ids.get(key);
}
