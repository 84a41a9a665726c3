// What lies over the page: the form in front, and the question a button asks before it acts.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { keyed } from "./vendor/lit-html/directives/keyed.js";
import { blocks } from "./blocks.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { changed, perform, state } from "./state.js";
import { words } from "./words.js";

/** The modal in front. */
export function modal() {
  const view = state.screen.views.at(-1);
  if (!view) return nothing;
  const surface = { key: view.id, version: view.hash, values: view.values, errors: view.errors, place: {} };
  const sending = state.busy.has(`submit ${view.id}`);
  const close = (everything) => perform({ do: "close", view_id: view.id, everything });
  const submit = (event) => {
    event.preventDefault();
    if (view.submit && !sending) {
      event.target.contains(document.activeElement) && document.activeElement.blur(); // what is typed counts
      perform({ do: "submit", view_id: view.id }, `submit ${view.id}`);
    }
  };
  return keyed(
    view.id,
    html`<dialog class="modal" aria-labelledby="modal-title" data-view=${view.id}
      @cancel=${(event) => {
        event.preventDefault();
        close(false);
      }}>
      <form novalidate @submit=${submit}>
        <header>
          <h2 id="modal-title">${view.title}</h2>
          <button type="button" class="icon" aria-label=${words().closeAll} @click=${() => close(true)}>×</button>
        </header>
        <div class="body">
          ${view.trouble ? html`<p class="trouble" role="alert">${view.trouble}</p>` : nothing}
          ${blocks(surface, view.blocks)}
        </div>
        <footer>
          <button type="button" class="button" @click=${() => close(false)}>${view.close || words().close}</button>
          ${view.submit
            ? html`<button type="submit" class="button primary" ?disabled=${sending} aria-busy=${sending}>
                ${view.submit}
              </button>`
            : nothing}
        </footer>
      </form>
    </dialog>`,
  );
}

/** The question a button asks. */
export function question() {
  if (!state.question) return nothing;
  const { confirm, done } = state.question;
  const answer = (yes) => {
    state.question = null;
    changed();
    if (yes) done();
  };
  const style = confirm.style === "danger" ? "danger" : "primary";
  return html`<dialog class="question" aria-labelledby="question-title"
    @cancel=${(event) => {
      event.preventDefault();
      answer(false);
    }}>
    <h2 id="question-title">${confirm.title.text}</h2>
    <div class="body">${confirm.text.type === "mrkdwn" ? mrkdwn(confirm.text.text) : textObject(confirm.text)}</div>
    <footer>
      <button type="button" class="button" @click=${() => answer(false)}>${confirm.deny.text}</button>
      <button type="button" class="button ${style}" @click=${() => answer(true)}>${confirm.confirm.text}</button>
    </footer>
  </dialog>`;
}

let errorsShown = "";

/** The words of the field that has the focus. */
export function focused() {
  return document.getElementById(document.activeElement?.getAttribute("aria-labelledby"))?.textContent ?? "";
}

/**
 * Brings what is new to the front, and the focus to where the next key belongs: where a field was replaced by another
 * of the same words, it stays there.
 */
export function settleFocus(before) {
  const dialogs = [...document.querySelectorAll("dialog")];
  const front = dialogs.at(-1);
  if (!front) return;
  const isNew = !front.open;
  for (const dialog of dialogs) if (!dialog.open) dialog.showModal();
  const view = state.screen.views.at(-1);
  const errors = view ? JSON.stringify([view.id, view.errors]) : "";
  const failed = errors !== errorsShown && front.querySelector("[aria-invalid=true]");
  errorsShown = errors;
  const { activeElement } = document;
  if (failed) {
    focusIn(failed);
    failed.closest(".input")?.scrollIntoView({ block: "nearest" }); // with what is wrong, which stands below the field
  }
  else if (isNew || !front.contains(activeElement) || activeElement === front) {
    const fields = [...front.querySelectorAll("[aria-labelledby]:not([role=listbox])")];
    const same = fields.find((field) => document.getElementById(field.getAttribute("aria-labelledby"))?.textContent === before);
    if (before && same) return focusIn(same);
    focusIn(front.querySelector(".body input:not([type=hidden]), .body textarea, .body button, footer .button:last-child"));
  }
}

function focusIn(found) {
  (found?.matches("input, textarea, button") ? found : found?.querySelector("input"))?.focus();
}
