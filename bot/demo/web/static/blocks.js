// Block Kit's blocks, as Slack's client shows them.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { Item } from "./entries.js";
import { element, picture } from "./elements.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { idOf } from "./state.js";
import { unknown } from "./unknown.js";
import { words } from "./words.js";

/**
 * Blocks on a surface: {key, version, values, errors, place}, where `version` changes when the app redraws it, `values` is
 * what is entered, `errors` is shown under fields and `place` is where the server finds it.
 */
export function blocks(surface, shown) {
  const nameOf = (block) => `${block.block_id} ${block.type} ${block.element?.type ?? ""}`;
  return html`<div class="blocks">${repeat(shown, nameOf, (block) => {
    const show = BLOCKS[block.type];
    return show ? show(surface, block) : unknown(`block ${block.type}`);
  })}</div>`;
}

const BLOCKS = { actions, context, divider, header, image, input, section };

function header(_surface, block) {
  return html`<h3 class="block header">${block.text.text}</h3>`;
}

function divider() {
  return html`<hr class="block">`;
}

function image(_surface, block) {
  return html`<div class="block">${block.title ? textObject(block.title) : nothing} ${picture(block)}</div>`;
}

function section(surface, block) {
  const { text, fields, accessory } = block;
  const id = idOf(`${surface.key}/${block.block_id}`);
  return html`<div class="block section">
    <div class="words">
      ${text ? html`<div id=${id}>${textObject(text)}</div>` : nothing}
      ${fields ? html`<div class="fields">${fields.map((field) => html`<div>${textObject(field)}</div>`)}</div>` : nothing}
    </div>
    ${accessory
      ? html`<div class="accessory">
          ${element(new Item(surface, block, accessory), ["button", "overflow"].includes(accessory.type) ? {} : { labelledby: id })}
        </div>`
      : nothing}
  </div>`;
}

function actions(surface, block) {
  return html`<div class="block actions">${block.elements.map((one) => element(new Item(surface, block, one)))}</div>`;
}

function context(_surface, block) {
  return html`<div class="block context">${block.elements.map((one) => {
    if (one.type === "mrkdwn") return mrkdwn(one.text);
    if (one.type === "image") return picture(one);
    return one.type === "plain_text" ? textObject(one) : unknown(`element ${one.type}`);
  })}</div>`;
}

function input(surface, block) {
  const item = new Item(surface, block, block.element);
  const [label, hint, problem] = ["label", "hint", "error"].map((part) => `${idOf(item.key)}-${part}`);
  const error = surface.errors[block.block_id];
  const describedby = [block.hint && hint, error && problem].filter(Boolean).join(" ") || undefined;
  return html`<div class="block input">
    <label id=${label} for=${idOf(item.key)}>
      ${block.label.text}${block.optional ? html`<span class="optional">${words().optional}</span>` : nothing}
    </label>
    ${element(item, { labelledby: label, describedby, invalid: Boolean(error) })}
    ${error ? html`<p class="error" id=${problem} role="alert">${error}</p>` : nothing}
    ${block.hint ? html`<p class="hint" id=${hint}>${block.hint.text}</p>` : nothing}
  </div>`;
}
