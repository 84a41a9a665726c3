// How a channel begins: what it is for and, where the visitor starts, what to do.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { pull } from "./drawers.js";
import { go, perform, state } from "./state.js";
import { words } from "./words.js";

const OPS = "ops";
const APPROVALS = "image-approvals";
const COMMAND = "/createimage";

/** The beginning of a conversation; nothing for those that need none. */
export function intro(shown) {
  const { intro: say } = words();
  if (shown.name === OPS) return html`<div class="intro">${start(shown)}<p>${say.ops}</p>${steps(shown.id)}</div>`;
  if (shown.name === APPROVALS) return html`<div class="intro">${start(shown)}<p>${say.approvals}</p></div>`;
  return nothing;
}

const start = (shown) => html`<h2>${words().intro.start(`#${shown.name}`)}</h2>`;

function steps(channel) {
  const { intro: say } = words();
  const approvals = state.screen.conversations.find((one) => one.name === APPROVALS);
  const approvers = state.screen.people.filter((one) => one.role.startsWith("approves"));
  return html`<ol>
    <li>${say.type} <button type="button" class="button primary small"
      @click=${() => perform({ do: "send", channel, text: COMMAND })}>${COMMAND}</button><br>${say.choose}</li>
    <li>${say.decide} ${approvers.map(
      (one) => html`<button type="button" class="button small" @click=${() => go(one.id, approvals.id)}>${one.real_name}</button> `,
    )}<br>${say.approve}</li>
    <li>${say.watch}</li>
    <li>${say.spoil} <button type="button" class="button small show-switches" aria-controls="backstage"
      @click=${() => pull("backstage")}>${say.switches}</button></li>
  </ol>`;
}
