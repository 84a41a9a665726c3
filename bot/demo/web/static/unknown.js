// What the page cannot show is said where it would stand, and in the console: a screen is never judged with a hole in it.

import { html } from "./vendor/lit-html/lit-html.js";
import { words } from "./words.js";

/** An error in place of something. */
export function unknown(what) {
  console.error(`cannot be shown: ${what}`);
  return html`<strong class="unknown" role="alert">${words().cannotShow(what)}</strong>`;
}
