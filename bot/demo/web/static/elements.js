// Block Kit's elements, as Slack's client shows them and lets them be used.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { combobox } from "./combobox.js";
import { textObject } from "./mrkdwn.js";
import { changed, enter, idOf, perform, state } from "./state.js";
import { unknown } from "./unknown.js";

/** An element. `named` ties it to its words: {labelledby, describedby, invalid}. */
export function element(item, named = {}) {
  const show = ELEMENTS[item.element.type];
  return show ? show(item, named) : unknown(`element ${item.element.type}`);
}

const ELEMENTS = {
  button,
  checkboxes: (item, named) => choices(item, named, "checkbox"),
  radio_buttons: (item, named) => choices(item, named, "radio"),
  plain_text_input: typed,
  number_input: typed,
  static_select: combobox,
  external_select: combobox,
  conversations_select: combobox,
};

function button(item) {
  const { text, style = "", url, confirm, accessibility_label: label } = item.element;
  const press = () => {
    const done = () => perform({ do: "press", ...item.place, confirmed: Boolean(confirm) }, item.key);
    if (confirm) ask(confirm, done);
    else done();
  };
  if (url) {
    return html`<a class="button ${style}" role="button" href=${url} target="_blank" rel="noopener noreferrer"
      aria-label=${label ?? nothing} @click=${press}>${text.text}</a>`;
  }
  return html`<button type="button" class="button ${style}" ?disabled=${item.busy} aria-busy=${item.busy}
    aria-label=${label ?? nothing} @click=${press}>${text.text}</button>`;
}

/** Asks before something is done (Slack: confirmation dialog object). */
function ask(confirm, done) {
  state.question = { confirm, done };
  changed();
}

function choices(item, named, type) {
  const { options } = item.element;
  const chosen = [item.value ?? []].flat();
  const holds = (option) => chosen.some((one) => one.value === option.value);
  const use = (option) => async (event) => {
    const ticked = event.target.checked;
    const others = chosen.filter((one) => one.value !== option.value);
    const settle = enter(item.key, type === "radio" ? option : ticked ? [...others, option] : others);
    const what = type === "radio" ? { do: "choose" } : { do: "tick", ticked };
    await perform({ ...what, ...item.place, value: option.value });
    settle();
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
    await perform({ do: "type", ...item.place, text: event.target.value, enter: pressed });
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
  return html`<input id=${idOf(item.key)} type="text" inputmode=${type === "number_input" ? "numeric" : "text"}
    autocomplete="off" maxlength=${common.longest} placeholder=${common.hint}
    aria-labelledby=${named.labelledby ?? nothing} aria-describedby=${named.describedby ?? nothing}
    aria-invalid=${named.invalid ? "true" : nothing} .value=${live(common.value)}
    @input=${note} @change=${tell} @keydown=${onKey}>`;
}
