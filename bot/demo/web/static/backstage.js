// Behind the scenes: the JD Cloud that the bot talks to, and switches for a bad day.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { enter, perform, state } from "./state.js";

const KINDS = {
  none: "Works well",
  slow: "Slow (4 seconds)",
  refuse: "Refuses",
  lose: "Does it, and the answer is lost",
  limit: "Rate limit (429)",
  error: "Fails (5xx)",
};
const REACHES = {
  jdcloud: { one: "createImage only", every: "every call" },
  slack: { one: "posting messages only", every: "every call of the bot" },
};
const NEIGHBOURS = { jdcloud: "JD Cloud", slack: "Slack" };

/** The panel at the side. */
export function backstage() {
  const { cloud } = state.screen;
  return html`<aside class="backstage" aria-label="Behind the scenes">
    <section>
      <h2>Try it</h2>
      <ol>
        <li>In #ops type <code>/createimage</code>, choose an instance that is stopped, and send the form.</li>
        <li>Switch to <b>Ben</b> or <b>陈晨</b>, open #image-approvals, and approve or reject.</li>
        <li>Watch the card until the image is ready.</li>
      </ol>
      <p class="quiet">The real bot runs behind this page; Slack and JD Cloud are stand-ins on this machine, and nothing
        leaves it. The clock is fast here: an image takes ${cloud.build_time} seconds instead of minutes; the bot waits 5
        seconds for an answer instead of 30, 8 before it looks for a lost one instead of 120, and a bot that was killed
        is taken over from after 5 seconds instead of 60.</p>
    </section>
    <section>
      <h2>Instances</h2>
      <ul class="rows">
        ${repeat(cloud.instances, (one) => one.id, instance)}
      </ul>
    </section>
    <section>
      <h2>Images</h2>
      <p class="quiet">createImage was called ${cloud.asked === 1 ? "once" : `${cloud.asked} times`}.</p>
      <ul class="rows">${repeat(cloud.images, (one) => one.id, image)}</ul>
    </section>
    <section>
      <h2>A bad day</h2>
      ${Object.keys(NEIGHBOURS).map(trouble)}
      ${bot()}
    </section>
  </aside>`;
}

function instance(one) {
  const atRest = one.status === "running" || one.status === "stopped";
  const to = one.status === "running" ? "stopped" : "running";
  return html`<li>
    <span><b>${one.name}</b> <small>${one.id} · ${one.region}</small></span>
    <span class="state ${one.status}">${one.status}</span>
    <button type="button" class="button small" ?disabled=${!atRest}
      aria-label="${to === "stopped" ? "Stop" : "Start"} ${one.name}"
      @click=${() => perform({ do: "switch", instance: one.id, to })}>${to === "stopped" ? "Stop" : "Start"}</button>
  </li>`;
}

function image(one) {
  return html`<li>
    <span><b>${one.name}</b> <small>${one.id} · ${one.region}</small></span>
    <span class="state ${one.status}">${one.status}</span>
    ${one.status === "pending"
      ? html`<progress max="100" .value=${one.percent} aria-label="Progress of ${one.name}"></progress>`
      : nothing}
  </li>`;
}

function trouble(neighbour) {
  const key = `trouble/${neighbour}`;
  const { kind, reach } = state.entered.get(key)?.value ?? state.screen.trouble[neighbour];
  const turn = async (change) => {
    const settle = enter(key, { kind, reach, ...change });
    await perform({ do: "trouble", neighbour, kind, reach, ...change });
    settle();
  };
  const name = NEIGHBOURS[neighbour];
  return html`<fieldset class=${kind === "none" ? "" : "on"}>
    <legend>${name}</legend>
    ${Object.entries(KINDS).map(
      ([value, words]) => html`<label class="choice">
        <input type="radio" name="trouble-${neighbour}" .checked=${live(kind === value)}
          @change=${() => turn({ kind: value })}> <span>${words}</span>
      </label>`,
    )}
    <label class="reach">for
      <select aria-label="What goes wrong at ${name}" .value=${live(reach)}
        @change=${(event) => turn({ reach: event.target.value })}>
        ${Object.entries(REACHES[neighbour]).map(([value, words]) => html`<option value=${value}
          ?selected=${reach === value}>${words}</option>`)}
      </select>
    </label>
  </fieldset>`;
}

function bot() {
  const { bot: now } = state.screen;
  const to = now === "down" ? "running" : "down";
  const words = { running: "The bot is running.", starting: "The bot is starting…", down: "The bot was killed." }[now];
  return html`<div class="bot">
    <span>${words}</span>
    <button type="button" class="button small ${to === "down" ? "danger" : "primary"}" ?disabled=${now === "starting"}
      aria-busy=${state.busy.has("bot")} @click=${() => perform({ do: "bot", to }, "bot")}>
      ${to === "down" ? "Kill the bot (-9)" : "Start the bot"}
    </button>
  </div>`;
}
