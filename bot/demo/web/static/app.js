// The page: who is in front of it, where they look, and what lies over it.

import { html, nothing, render } from "./vendor/lit-html/lit-html.js";
import { backstage } from "./backstage.js";
import { keepNewestInView, middle } from "./conversation.js";
import { drawer, settleDrawers, scrim } from "./drawers.js";
import { focused, modal, question, settleFocus } from "./modal.js";
import { connect } from "./net.js";
import { sidebar } from "./sidebar.js";
import { arrived, changed, drawWith, go, perform, state } from "./state.js";
import { locale, words } from "./words.js";

const FIRST_PERSON = "U0AMY";
const FIRST_CONVERSATION = "C0OPS";

/** The address says who looks where, so that going back, reloading and a second window work. */
function follow() {
  const [user, conversation] = location.hash.slice(1).split("/");
  const moved = state.conversation !== conversation || state.user !== user;
  state.conversation = conversation || FIRST_CONVERSATION;
  if (state.user !== (user || FIRST_PERSON)) {
    state.user = user || FIRST_PERSON;
    state.screen = null;
    state.entered.clear();
    state.marks.clear();
    state.menu = state.question = null;
    state.said = "";
    connect(state.user, onScreen, onLine, onNobody);
  } else if (moved && state.screen) {
    look(true);
  }
  changed();
}

function onScreen(screen) {
  if (screen.me !== state.user) return;
  const isFirst = !state.screen;
  arrived(screen);
  look(isFirst);
}

/** What is in front of the person's eyes is read. */
function look(opened) {
  const shown = state.screen.conversations.find((one) => one.id === state.conversation);
  if (!shown) return go(state.user, FIRST_CONVERSATION);
  if (opened || (shown.unread && document.visibilityState === "visible")) {
    perform({ do: "look", conversation: shown.id, opened });
  }
}

function onLine(up) {
  state.online = up;
  changed();
}

/** An old address, or one that was mistyped: as with a conversation that is not there, the first is shown. */
function onNobody() {
  if (state.user === FIRST_PERSON) return onLine(false);
  go(FIRST_PERSON, state.conversation);
}

function draw() {
  const before = focused();
  document.documentElement.lang = locale();
  document.title = words().title;
  render(state.screen ? page() : html`<p class="quiet waiting">${state.online ? words().moment : words().said.offline}</p>`, root);
  keepNewestInView();
  settleDrawers();
  settleFocus(before);
}

function page() {
  return html`
    ${state.online ? nothing : html`<p class="banner" role="alert">${words().said.offline}</p>`}
    <div class="columns">
      ${drawer("sidebar", sidebar())} ${middle()} ${drawer("backstage", backstage())} ${scrim()}
    </div>
    ${state.said
      ? html`<div class="said" role="alert">
          <span>${words().said[state.said]}</span>
          <button type="button" class="icon" aria-label=${words().dismiss} @click=${dismiss}>×</button>
        </div>`
      : nothing}
    ${modal()} ${question()}
  `;
}

function dismiss() {
  state.said = "";
  changed();
}

const root = document.getElementById("page");
drawWith(draw);
addEventListener("hashchange", follow);
document.addEventListener("visibilitychange", () => state.screen && look(false));
follow();
