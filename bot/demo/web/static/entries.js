// What is entered in an element: the server's state of it, unless something was entered here that it has not shown yet.

import { state } from "./state.js";

const HOLDS = {
  plain_text_input: "value",
  number_input: "value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  checkboxes: "selected_options",
  conversations_select: "selected_conversation",
};

/** An element on a surface, with all that is needed to show and to use it. */
export class Item {
  constructor(surface, block, element) {
    this.surface = surface;
    this.block = block;
    this.element = element;
    this.key = `${surface.key}/${block.block_id}/${element.action_id}`;
  }

  /** Text, an option, a list of options, an id, or nothing, by the type of the element (Slack: `view.state.values`). */
  get value() {
    if (state.entered.has(this.key)) return state.entered.get(this.key).value;
    const told = this.surface.values[this.block.block_id]?.[this.element.action_id];
    return told?.[HOLDS[this.element.type]] ?? null;
  }

  /** Where the server finds it. */
  get place() {
    return { ...this.surface.place, block_id: this.block.block_id, action_id: this.element.action_id };
  }

  get busy() {
    return state.busy.has(this.key);
  }
}
