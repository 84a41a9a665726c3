// Who one is, and where one can look.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { go, state } from "./state.js";
import { words } from "./words.js";

/** The sidebar. */
export function sidebar() {
  return html`<div class="sidebar">
    <p class="brand">createimage-bot <span>${words().demo(location.host)}</span></p>
    <section aria-label=${words().people}>
      <h2>${words().you}</h2>
      <ul>
        ${state.screen.people.map(
          (person) => html`<li><button type="button" aria-pressed=${person.id === state.user}
            @click=${() => go(person.id, state.conversation)}>
            <span class="avatar" aria-hidden="true">${person.real_name[0]}</span>
            <span>${person.real_name} <small>${words().roles[person.role]}</small></span> ${badge(person.unread)}
          </button></li>`,
        )}
      </ul>
    </section>
    <nav aria-label=${words().conversations}>
      ${group(words().channels, { channel: (one) => `# ${one.name}` })}
      ${group(state.screen.app.name, { home: () => words().home, dm: () => words().direct })}
    </nav>
  </div>`;
}

/** Conversations of some kinds, each with its own way to be called. */
function group(title, named) {
  return html`<h2>${title}</h2>
    <ul>
      ${state.screen.conversations
        .filter((one) => one.kind in named)
        .map(
          (one) => html`<li><button type="button" aria-current=${one.id === state.conversation ? "page" : nothing}
            class=${one.unread ? "unread" : ""} @click=${() => go(state.user, one.id)}>
            <span>${named[one.kind](one)}</span> ${badge(one.unread)}
          </button></li>`,
        )}
    </ul>`;
}

function badge(unread) {
  return unread ? html`<span class="badge" aria-label=${words().unread(unread)}>${unread}</span>` : nothing;
}
