// The page: who is in front of it, where they look, and what lies over it.

import { html, nothing, render } from "./vendor/lit-html/lit-html.js";
import { backstage } from "./backstage.js";
import { keepNewestInView, middle } from "./conversation.js";
import { focused, modal, question, settleFocus } from "./modal.js";
import { connect } from "./net.js";
import { arrived, changed, drawWith, perform, state } from "./state.js";

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
    state.menu = state.question = null;
    state.said = "";
    connect(state.user, onScreen, onLine);
  } else if (moved && state.screen) {
    look(true);
  }
  changed();
}

function go(user, conversation) {
  location.hash = `${user}/${conversation}`;
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

function draw() {
  const before = focused();
  render(state.screen ? page() : html`<p class="quiet waiting">${state.online ? "One moment…" : OFFLINE}</p>`, root);
  keepNewestInView();
  settleFocus(before);
}

const OFFLINE = "The demo cannot be reached. Is it still running in the terminal?";

function page() {
  return html`
    ${state.online ? nothing : html`<p class="banner" role="alert">${OFFLINE}</p>`}
    <div class="columns">${sidebar()} ${middle()} ${backstage()}</div>
    ${state.said
      ? html`<div class="said" role="alert">
          <span>${state.said}</span>
          <button type="button" class="icon" aria-label="Dismiss" @click=${dismiss}>×</button>
        </div>`
      : nothing}
    ${modal()} ${question()}
  `;
}

function dismiss() {
  state.said = "";
  changed();
}

function sidebar() {
  return html`<div class="sidebar">
    <p class="brand">createimage-bot <span>demo · only on this machine, ${location.host}</span></p>
    <section aria-label="People">
      <h2>You are</h2>
      <ul>
        ${state.screen.people.map(
          (person) => html`<li><button type="button" aria-pressed=${person.id === state.user}
            @click=${() => go(person.id, state.conversation)}>
            <span class="avatar" aria-hidden="true">${person.real_name[0]}</span>
            <span>${person.real_name} <small>${person.role}</small></span> ${badge(person.unread)}
          </button></li>`,
        )}
      </ul>
    </section>
    <nav aria-label="Conversations">
      ${group("Channels", "channel", (one) => `# ${one.name}`)}
      ${group(state.screen.app.name, "home", () => "Home", "dm", () => "Direct messages")}
    </nav>
  </div>`;
}

/** Conversations of one or two kinds, each with its own way to be called. */
function group(title, ...kinds) {
  const named = new Map();
  for (let index = 0; index < kinds.length; index += 2) named.set(kinds[index], kinds[index + 1]);
  return html`<h2>${title}</h2>
    <ul>
      ${state.screen.conversations
        .filter((one) => named.has(one.kind))
        .map(
          (one) => html`<li><button type="button" aria-current=${one.id === state.conversation ? "page" : nothing}
            class=${one.unread ? "unread" : ""} @click=${() => go(state.user, one.id)}>
            <span>${named.get(one.kind)(one)}</span> ${badge(one.unread)}
          </button></li>`,
        )}
    </ul>`;
}

function badge(unread) {
  return unread ? html`<span class="badge" aria-label="${unread} unread">${unread}</span>` : nothing;
}

const root = document.getElementById("page");
drawWith(draw);
addEventListener("hashchange", follow);
document.addEventListener("visibilitychange", () => state.screen && look(false));
follow();
