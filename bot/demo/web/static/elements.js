// Block Kit's elements, as Slack's client shows them and lets them be used.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { combobox } from "./combobox.js";
import { textObject } from "./mrkdwn.js";
import { overflow } from "./overflow.js";
import { picker } from "./pickers.js";
import { enter, idOf } from "./state.js";
import { unknown } from "./unknown.js";

/** An element. `named` ties it to its words: {labelledby, describedby, invalid}. */
export function element(item, named = {}) {
  const show = ELEMENTS[item.element.type];
  if (!show) return unknown(`element ${item.element.type}`);
  return html`${show(item, named)}${item.mark
    ? html`<span class="mark" role="alert" title=${item.mark}>${item.mark}</span>`
    : nothing}`;
}

const ELEMENTS = {
  button,
  overflow,
  image: (item) => picture(item.element),
  checkboxes: (item, named) => choices(item, named, "checkbox"),
  radio_buttons: (item, named) => choices(item, named, "radio"),
  plain_text_input: typed,
  number_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  static_select: combobox,
  external_select: combobox,
  users_select: combobox,
  channels_select: combobox,
  conversations_select: combobox,
  multi_static_select: combobox,
  multi_external_select: combobox,
  multi_users_select: combobox,
  multi_channels_select: combobox,
  multi_conversations_select: combobox,
  datepicker: picker,
  timepicker: picker,
  datetimepicker: picker,
};

const KEYBOARDS = { number_input: "numeric", email_text_input: "email", url_text_input: "url" };

/** A picture by its words: nothing is fetched from elsewhere. */
export function picture(one) {
  return html`<span class="picture" role="img" aria-label=${one.alt_text} title=${one.alt_text}>▣ ${one.alt_text}</span>`;
}

function button(item) {
  const { text, style = "", url, value = "", accessibility_label: label } = item.element;
  const press = () => item.asking(() => item.use({ do: "press", value }, { busy: true }));
  if (url) {
    return html`<a class="button ${style}" role="button" href=${url} target="_blank" rel="noopener noreferrer"
      aria-label=${label ?? nothing} @click=${press}>${text.text}</a>`;
  }
  return html`<button type="button" class="button ${style}" ?disabled=${item.busy} aria-busy=${item.busy}
    aria-label=${label ?? nothing} @click=${press}>${text.text}</button>`;
}

function choices(item, named, type) {
  const { options } = item.element;
  const chosen = [item.value ?? []].flat();
  const holds = (option) => chosen.some((one) => one.value === option.value);
  const use = (option) => (event) => {
    const ticked = event.target.checked;
    const others = chosen.filter((one) => one.value !== option.value);
    item.asking(async () => {
      const settle = enter(item.key, type === "radio" ? option : ticked ? [...others, option] : others);
      await item.use({ ...(type === "radio" ? { do: "choose" } : { do: "tick", ticked }), value: option.value });
      settle();
    });
  };
  return html`<div class="choices" role=${type === "radio" ? "radiogroup" : "group"}
    aria-labelledby=${named.labelledby ?? nothing} aria-describedby=${named.describedby ?? nothing}
    aria-invalid=${named.invalid ? "true" : nothing}>
    ${options.map(
      (option) => html`<label class="choice">
        <input type=${type} name=${idOf(item.key)} .checked=${live(holds(option))} @change=${use(option)}>
        <span>${textObject(option.text)}
          ${option.description ? html`<small>${textObject(option.description)}</small>` : nothing}</span>
      </label>`,
    )}
  </div>`;
}

function typed(item, named) {
  const { type, multiline, max_length: longest, placeholder, dispatch_action_config: config } = item.element;
  const tellsOn = item.block.dispatch_action ? (config?.trigger_actions_on ?? ["on_enter_pressed"]) : [];
  const tell = async (event, pressed = false) => {
    const settle = enter(item.key, event.target.value);
    await item.use({ do: "type", text: event.target.value, enter: pressed });
    settle();
  };
  const note = (event) => {
    enter(item.key, event.target.value);
    if (tellsOn.includes("on_character_entered")) tell(event);
  };
  const onKey = (event) => {
    if (event.key === "Enter" && !event.isComposing && !multiline && tellsOn.includes("on_enter_pressed")) {
      event.preventDefault();
      tell(event, true);
    }
  };
  const common = { value: item.value ?? "", hint: placeholder?.text ?? nothing, longest: longest ?? nothing };
  if (multiline) {
    return html`<textarea id=${idOf(item.key)} rows="3" maxlength=${common.longest} placeholder=${common.hint}
      aria-labelledby=${named.labelledby ?? nothing} aria-describedby=${named.describedby ?? nothing}
      aria-invalid=${named.invalid ? "true" : nothing} .value=${live(common.value)}
      @input=${note} @change=${tell}></textarea>`;
  }
  return html`<input id=${idOf(item.key)} type="text" inputmode=${KEYBOARDS[type] ?? "text"}
    autocomplete="off" maxlength=${common.longest} placeholder=${common.hint}
    aria-labelledby=${named.labelledby ?? nothing} aria-describedby=${named.describedby ?? nothing}
    aria-invalid=${named.invalid ? "true" : nothing} .value=${live(common.value)}
    @input=${note} @change=${tell} @keydown=${onKey}>`;
}
