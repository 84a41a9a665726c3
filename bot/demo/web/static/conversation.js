// A conversation with its threads, the line to type in, and the Home tab.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { badDay } from "./backstage.js";
import { blocks } from "./blocks.js";
import { handle } from "./drawers.js";
import { intro } from "./intro.js";
import { mrkdwn, timeOf } from "./mrkdwn.js";
import { enter, perform, state } from "./state.js";
import { words } from "./words.js";

/** What is in the middle: a conversation or the Home tab. */
export function middle() {
  const shown = state.screen.conversations.find((one) => one.id === state.conversation);
  if (!shown) return nothing;
  return shown.kind === "home" ? home() : conversation(shown);
}

/** What is looked at, as whom, and the ways to the drawers. */
function top(title, about = "") {
  const me = state.screen.people.find((one) => one.id === state.user);
  const isNews = state.screen.people.some((one) => one.unread);
  return html`<header>
      ${handle("sidebar", words().sidebar, html`☰ ${isNews
        ? html`<span class="dot" role="img" aria-label=${words().news}></span>`
        : nothing}`)}
      <div class="title">
        <h1>${title}</h1> ${about ? html`<span class="tag">${words().app}</span> <span class="about">${about}</span>` : nothing}
        <p class="as">${words().youAre(me.real_name)}</p>
      </div>
      ${handle("backstage", words().backstage, html`⚙ ${words().backstageShort}`)}
    </header>
    ${badDay()}`;
}

function home() {
  const view = state.screen.home;
  return html`<main class="middle">
    ${top(state.screen.app.name, words().home)}
    <section class="scroll home" aria-label=${words().home}>
      ${view
        ? blocks({ key: view.id, version: view.hash, values: view.values, errors: {}, place: { home: true } }, view.blocks)
        : html`<p class="quiet">${words().nothingPublished}</p>`}
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
    ${top(name, isDirect ? words().messages : "")}
    <section class="scroll log" role="log" aria-label=${words().messagesIn(name)}>
      ${intro(shown)}
      ${roots.length || !isDirect ? nothing : html`<p class="quiet">${words().noMessages}</p>`}
      ${repeat(roots, (one) => one.ts, (one) => message(shown.id, one, repliesTo(one.ts)))}
    </section>
    ${isDirect ? html`<p class="composer quiet">${words().sendingOff}</p>` : composer(shown.id, name)}
  </main>`;
}

function message(channel, one, replies = []) {
  const place = { channel, ts: one.ts };
  const surface = { key: `${channel}/${one.ts}`, version: one.edited?.ts, values: one.values, errors: {}, place };
  return html`<article class="message ${one.only_you ? "only-you" : ""}" aria-label=${words().messageFrom(one.author)}>
    <span class="avatar ${one.is_app ? "app" : ""}" aria-hidden="true">${one.is_app ? "ci" : one.author[0]}</span>
    <div class="by">
      ${one.only_you ? html`<p class="quiet">${words().onlyYou}</p>` : nothing}
      <p>
        <b>${one.author}</b> ${one.is_app ? html`<span class="tag">${words().app}</span>` : nothing}
        <span class="quiet">${timeOf(one.ts)}${one.edited ? words().edited : ""}</span>
      </p>
    </div>
    <div class="content">
      ${one.blocks ? blocks(surface, one.blocks) : mrkdwn(one.text)}
      ${replies.length
        ? html`<details class="thread" open>
            <summary>${words().replies(replies.length)}</summary>
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
    <button type="button" class="button shortcut" aria-label=${words().createImage} title=${words().createImage}
      @click=${() => perform({ do: "shortcut", callback_id: "create_image" })}><span>${words().createImage}</span></button>
    <input type="text" aria-label=${words().message(name)} placeholder=${words().placeholder} autocomplete="off"
      enterkeyhint="send" maxlength="4000" .value=${live(text)} @input=${(event) => enter(key, event.target.value)}>
    <button type="submit" class="button primary" ?disabled=${!text.trim()}>${words().send}</button>
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
