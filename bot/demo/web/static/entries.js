// What is entered in an element: the server's state of it, unless something was entered here that it has not shown yet.

import { changed, perform, state } from "./state.js";

const HOLDS = {
  plain_text_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  number_input: "value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  checkboxes: "selected_options",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  users_select: "selected_user",
  multi_users_select: "selected_users",
  channels_select: "selected_channel",
  multi_channels_select: "selected_channels",
  conversations_select: "selected_conversation",
  multi_conversations_select: "selected_conversations",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
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

  /** What Slack shows at it when the app did not answer well, until it is used again or the app redraws it. */
  get mark() {
    const mark = state.marks.get(this.key);
    return mark?.version === this.surface.version ? mark?.words : undefined;
  }

  /** Uses it, shown as `busy` meanwhile where that can be seen. */
  async use(what, { busy = false } = {}) {
    state.marks.delete(this.key);
    const confirmed = Boolean(this.element.confirm);
    const answer = await perform({ ...what, ...this.place, confirmed }, busy ? this.key : "");
    if (answer.mark) state.marks.set(this.key, { words: answer.mark, version: this.surface.version });
    changed();
    return answer;
  }

  /** Asks first where the element has a question (Slack: confirmation dialog object). */
  asking(done) {
    if (!this.element.confirm) return done();
    state.question = { confirm: this.element.confirm, done };
    return changed();
  }
}
