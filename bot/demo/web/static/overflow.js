// The menu behind three dots. ARIA's menu button (APG: menu button pattern).

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { changed, idOf, state } from "./state.js";
import { words } from "./words.js";

/** An overflow menu. */
export function overflow(item) {
  const open = state.menu?.key === item.key;
  const id = idOf(item.key);
  const toggle = () => {
    state.menu = open ? null : { key: item.key };
    changed();
    if (!open) requestAnimationFrame(() => {
      document.getElementById(`${id}-menu`)?.scrollIntoView({ block: "nearest" });
      document.querySelector(`#${id}-menu [role=menuitem]`)?.focus();
    });
  };
  return html`<div class="overflow" @keydown=${(event) => open && onKey(event, id)}
    @focusout=${(event) => open && !event.currentTarget.contains(event.relatedTarget) && hide()}>
    <button type="button" class="button" id=${id} aria-haspopup="menu" aria-expanded=${open ? "true" : "false"}
      aria-controls="${id}-menu" aria-label=${words().more} aria-busy=${item.busy} @click=${toggle}>⋯</button>
    <ul id="${id}-menu" role="menu" ?hidden=${!open} aria-labelledby=${id}>
      ${open ? item.element.options.map((option) => row(item, option, id)) : nothing}
    </ul>
  </div>`;
}

function row(item, option, id) {
  const choose = () => {
    hide();
    document.getElementById(id)?.focus();
    if (option.url) open(option.url, "_blank", "noopener,noreferrer");
    item.asking(() => item.use({ do: "choose", value: option.value }, { busy: true }));
  };
  return html`<li role="none"><button type="button" role="menuitem" tabindex="-1" @click=${choose}>
    ${option.text.text} ${option.description ? html`<small>${option.description.text}</small>` : nothing}
  </button></li>`;
}

function hide() {
  state.menu = null;
  changed();
}

function onKey(event, id) {
  const rows = [...document.querySelectorAll(`#${id}-menu [role=menuitem]`)];
  const at = rows.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    rows[(at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length]?.focus();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    hide();
    document.getElementById(id)?.focus();
  }
}
