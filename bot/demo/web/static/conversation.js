// A conversation with its threads, the line to type in, and the Home tab.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { blocks } from "./blocks.js";
import { mrkdwn, timeOf } from "./mrkdwn.js";
import { enter, perform, state } from "./state.js";

/** What is in the middle: a conversation or the Home tab. */
export function middle() {
  const shown = state.screen.conversations.find((one) => one.id === state.conversation);
  if (!shown) return nothing;
  return shown.kind === "home" ? home() : conversation(shown);
}

function home() {
  const view = state.screen.home;
  return html`<main class="middle">
    <header><h1>${state.screen.app.name}</h1> <span class="tag">App</span> <span class="about">Home</span></header>
    <section class="scroll home" aria-label="Home">
      ${view
        ? blocks({ key: view.id, values: view.values, errors: {}, place: { home: true } }, view.blocks)
        : html`<p class="quiet">Nothing is published here yet.</p>`}
    </section>
  </main>`;
}

function conversation(shown) {
  const isDirect = shown.kind === "dm";
  const name = isDirect ? state.screen.app.name : `#${shown.name}`;
  const messages = state.screen.messages[shown.id];
  const known = new Set(messages.map((one) => one.ts));
  const repliesTo = (ts) => messages.filter((one) => one.thread_ts === ts && one.ts !== ts);
  const roots = messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts || !known.has(one.thread_ts));
  return html`<main class="middle">
    <header>
      <h1>${name}</h1> ${isDirect ? html`<span class="tag">App</span> <span class="about">Messages</span>` : nothing}
    </header>
    <section class="scroll log" role="log" aria-label="Messages in ${name}">
      ${roots.length ? nothing : html`<p class="quiet">No messages yet.</p>`}
      ${repeat(roots, (one) => one.ts, (one) => message(shown.id, one, repliesTo(one.ts)))}
    </section>
    ${isDirect
      ? html`<p class="composer quiet">Sending messages to this app has been turned off.</p>`
      : composer(shown.id, name)}
  </main>`;
}

function message(channel, one, replies = []) {
  const surface = { key: `${channel}/${one.ts}`, values: one.values, errors: {}, place: { channel, ts: one.ts } };
  return html`<article class="message ${one.only_you ? "only-you" : ""}" aria-label="Message from ${one.author}">
    <span class="avatar ${one.is_app ? "app" : ""}" aria-hidden="true">${one.is_app ? "ci" : one.author[0]}</span>
    <div class="content">
      ${one.only_you ? html`<p class="quiet">Only visible to you</p>` : nothing}
      <p class="by">
        <b>${one.author}</b> ${one.is_app ? html`<span class="tag">App</span>` : nothing}
        <span class="quiet">${timeOf(one.ts)} ${one.edited ? "(edited)" : ""}</span>
      </p>
      ${one.blocks ? blocks(surface, one.blocks) : mrkdwn(one.text)}
      ${replies.length
        ? html`<details class="thread" open>
            <summary>${replies.length === 1 ? "1 reply" : `${replies.length} replies`}</summary>
            ${repeat(replies, (reply) => reply.ts, (reply) => message(channel, reply))}
          </details>`
        : nothing}
    </div>
  </article>`;
}

function composer(channel, name) {
  const key = `composer/${channel}`;
  const text = state.entered.get(key)?.value ?? "";
  const send = async (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    enter(key, "");
    await perform({ do: "send", channel, text: text.trim() });
  };
  return html`<form class="composer" @submit=${send}>
    <button type="button" class="button" title="Shortcut"
      @click=${() => perform({ do: "shortcut", callback_id: "create_image" })}>Create an image</button>
    <input type="text" aria-label="Message ${name}" placeholder="Message ${name}, or /createimage" autocomplete="off"
      maxlength="4000" .value=${live(text)} @input=${(event) => enter(key, event.target.value)}>
    <button type="submit" class="button primary" ?disabled=${!text.trim()}>Send</button>
  </form>`;
}

let shownLast = "";

/** Keeps the newest message in view, as long as nobody scrolled away from it. */
export function keepNewestInView() {
  const log = document.querySelector(".log");
  if (!log) return;
  const moved = shownLast !== `${state.user}/${state.conversation}`;
  shownLast = `${state.user}/${state.conversation}`;
  if (moved || log.dataset.following !== "no") log.scrollTop = log.scrollHeight;
  log.onscroll = () => {
    log.dataset.following = log.scrollHeight - log.scrollTop - log.clientHeight < 80 ? "yes" : "no";
  };
}
