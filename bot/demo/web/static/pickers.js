// Pickers of a date, a time, or both, by the browser's own; both together are unix seconds in the person's time zone.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { enter, idOf } from "./state.js";

const TYPES = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

/** A picker. */
export function picker(item, named) {
  const { type, placeholder } = item.element;
  const pick = (event) => {
    const value = type === "datetimepicker" ? seconds(event.target.value) : event.target.value || null;
    item.asking(async () => {
      const settle = enter(item.key, value);
      await item.use({ do: "choose", value: value === null ? null : String(value) });
      settle();
    });
  };
  const label = named.labelledby ? nothing : (placeholder?.text ?? nothing);
  return html`<input id=${idOf(item.key)} class="picker" type=${TYPES[type]} aria-label=${label}
    aria-labelledby=${named.labelledby ?? nothing} aria-describedby=${named.describedby ?? nothing}
    aria-invalid=${named.invalid ? "true" : nothing}
    .value=${live(type === "datetimepicker" ? local(item.value) : (item.value ?? ""))} @change=${pick}>`;
}

/** "2026-11-26T23:00" as unix seconds; null while it is not complete. */
function seconds(text) {
  return text ? Math.floor(new Date(text).getTime() / 1000) : null;
}

function local(stamp) {
  if (!stamp) return "";
  const at = new Date(stamp * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
