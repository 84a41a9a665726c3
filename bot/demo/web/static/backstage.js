// Behind the scenes: switches for a bad day, and the JD Cloud that the bot talks to.

import { html, nothing } from "./vendor/lit-html/lit-html.js";
import { live } from "./vendor/lit-html/directives/live.js";
import { repeat } from "./vendor/lit-html/directives/repeat.js";
import { enter, perform, state } from "./state.js";
import { words } from "./words.js";

const UPSTREAMS = ["jdcloud", "slack"];

/** The panel at the side. */
export function backstage() {
  const { cloud } = state.screen;
  return html`<aside class="backstage" aria-label=${words().backstage}>
    <section>
      <h2>${words().badDay}</h2>
      ${UPSTREAMS.map(trouble)} ${bot()}
    </section>
    <section>
      <h2>${words().images}</h2>
      <p class="quiet">${words().asked(cloud.asked)}</p>
      <ul class="rows">${repeat(cloud.images, (one) => one.id, image)}</ul>
    </section>
    <section>
      <h2>${words().instances}</h2>
      <ul class="rows">
        ${repeat(cloud.instances, (one) => one.id, instance)}
      </ul>
    </section>
    <details>
      <summary>${words().about}</summary>
      <p class="quiet">${words().clock(cloud.build_time)}</p>
    </details>
  </aside>`;
}

const status = (one) => html`<span class="state ${one.status}">${words().statuses[one.status] ?? one.status}</span>`;

function instance(one) {
  const atRest = one.status === "running" || one.status === "stopped";
  const to = one.status === "running" ? "stopped" : "running";
  const what = to === "stopped" ? words().stopOne : words().startOne;
  return html`<li>
    <span><b>${one.name}</b> <small>${one.id} · ${one.region}</small></span>
    ${status(one)}
    <button type="button" class="button small" ?disabled=${!atRest} aria-label="${what} ${one.name}"
      @click=${() => perform({ do: "switch", instance: one.id, to })}>${what}</button>
  </li>`;
}

function image(one) {
  return html`<li>
    <span><b>${one.name}</b> <small>${one.id} · ${one.region}</small></span>
    ${status(one)}
    ${one.status === "pending"
      ? html`<progress max="100" .value=${one.percent} aria-label=${words().progress(one.name)}></progress>`
      : nothing}
  </li>`;
}

const entry = (upstream) => `trouble/${upstream}`;

const now = (upstream) => state.entered.get(entry(upstream))?.value ?? state.screen.trouble[upstream];

async function turn(upstream, change) {
  const { kind, reach } = { ...now(upstream), ...change };
  const settle = enter(entry(upstream), { kind, reach });
  await perform({ do: "trouble", upstream, kind, reach });
  settle();
}

function trouble(upstream) {
  const { kind, reach } = now(upstream);
  const name = words().upstreams[upstream];
  return html`<div class="switches ${kind === "none" ? "" : "on"}" role="group" aria-label=${name}>
    <div class="head"><b>${name}</b> <select aria-label=${words().goesWrong(name)} .value=${live(reach)}
      @change=${(event) => turn(upstream, { reach: event.target.value })}>
      ${Object.entries(words().reaches[upstream]).map(([value, text]) => html`<option value=${value}
        ?selected=${reach === value}>${text}</option>`)}
    </select></div>
    <div class="kinds">
      ${Object.entries(words().kinds).map(
        ([value, [text, meaning]]) => html`<label title=${meaning}>
          <input type="radio" name="trouble-${upstream}" .checked=${live(kind === value)}
            @change=${() => turn(upstream, { kind: value })}> <span>${text}</span>
        </label>`,
      )}
    </div>
  </div>`;
}

function bot() {
  const { bot: is } = state.screen;
  return html`<div class="bot"><span>${words().bot[is]}</span> ${botSwitch()}</div>`;
}

function botSwitch() {
  const { bot: is } = state.screen;
  const to = is === "down" ? "running" : "down";
  return html`<button type="button" class="button small ${to === "down" ? "danger" : "primary"}"
    ?disabled=${is === "starting"} aria-busy=${state.busy.has("bot")}
    @click=${() => perform({ do: "bot", to }, "bot")}>${to === "down" ? words().kill : words().start}</button>`;
}

/** What is switched on, and a way back, for who does not see the switches; narrow.css shows it only where they are away. */
export function badDay() {
  const on = UPSTREAMS.filter((one) => now(one).kind !== "none");
  if (!on.length && state.screen.bot === "running") return nothing;
  return html`<div class="bad-day" role="status">
    ${on.map((one) => {
      const { kind, reach } = now(one);
      const [text] = words().kinds[kind];
      return html`<p><span>${words().trouble(words().upstreams[one], text, words().reaches[one][reach])}</span>
        <button type="button" class="button small" @click=${() => turn(one, { kind: "none" })}>${words().putRight}</button></p>`;
    })}
    ${state.screen.bot === "running" ? nothing : bot()}
  </div>`;
}
