// Slack's markup as Slack shows it (Slack: formatting text). What it does not know stands out as an error.

import { html } from "./vendor/lit-html/lit-html.js";
import { unknown } from "./unknown.js";
import { state } from "./state.js";
import { locale } from "./words.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

// Emphasis needs a word's end on both sides, as in Slack; Chinese characters count as word characters there, too.
const around = (sign) => `(?<![\\p{L}\\p{N}${sign}])[${sign}](\\S|\\S[^${sign}\\n]*?\\S)[${sign}](?![\\p{L}\\p{N}${sign}])`;
const INLINE = new RegExp(
  ["`([^`\\n]+)`", "<([^<>\\n]+)>", around("*"), around("_"), around("~")].join("|"),
  "gu",
);

/** A text object of Block Kit. */
export function textObject(text) {
  return text.type === "mrkdwn" ? mrkdwn(text.text) : html`<span class="text">${text.text}</span>`;
}

/** Text with markup. */
export function mrkdwn(text) {
  const parts = text.split(/```\n?([\s\S]*?)\n?```/);
  return html`<div class="text">${parts.map((part, index) =>
    index % 2 ? html`<pre>${unescaped(part)}</pre>` : paragraphs(part),
  )}</div>`;
}

function paragraphs(text) {
  const shown = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) shown.push(html`<blockquote>${inline(quoted.join("\n"))}</blockquote>`);
    quoted = [];
  };
  let plain = [];
  const flushPlain = () => {
    const joined = plain.join("\n");
    if (joined.trim()) shown.push(html`<div>${inline(joined)}</div>`);
    plain = [];
  };
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quote) {
      flushPlain();
      quoted.push(quote[1]);
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  flushPlain();
  return shown;
}

function inline(text) {
  const shown = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    shown.push(unescaped(text.slice(from, found.index)));
    const [all, code, angle, bold, italic, strike] = found;
    if (code) shown.push(html`<code>${unescaped(code)}</code>`);
    else if (angle) shown.push(reference(angle));
    else if (bold) shown.push(html`<b>${inline(bold)}</b>`);
    else if (italic) shown.push(html`<i>${inline(italic)}</i>`);
    else if (strike) shown.push(html`<s>${inline(strike)}</s>`);
    from = found.index + all.length;
  }
  shown.push(unescaped(text.slice(from)));
  return shown;
}

/** What stands in angle brackets: a mention, a channel, a group, a date, a link. */
function reference(inside) {
  const bar = inside.indexOf("|");
  const [target, words] = bar < 0 ? [inside, ""] : [inside.slice(0, bar), unescaped(inside.slice(bar + 1))];
  if (target.startsWith("@")) return mention("@", target.slice(1), words);
  if (target.startsWith("#")) return mention("#", target.slice(1), words);
  if (target.startsWith("!subteam^")) return mention("@", target.slice("!subteam^".length), words);
  if (target.startsWith("!date^")) return date(target, words);
  if (/^!(here|channel|everyone)$/.test(target)) return html`<span class="mention mine">@${target.slice(1)}</span>`;
  if (/^(https?:\/\/|mailto:)/.test(target)) {
    const address = unescaped(target);
    return html`<a href=${address} target="_blank" rel="noopener noreferrer">${words || address}</a>`;
  }
  return unknown(`markup <${inside}>`);
}

function mention(sign, id, words) {
  const mine = id === state.user ? "mine" : "";
  return html`<span class="mention ${mine}">${sign}${state.screen.names[id] ?? (words || id)}</span>`;
}

function date(target, fallback) {
  const [, stamp, format] = target.split("^");
  const at = new Date(Number(stamp) * 1000);
  if (Number.isNaN(at.getTime())) return unknown(`date ${target}`);
  const shown = format.replace(/\{(\w+)\}/g, (token, name) => (TOKENS[name] ? TOKENS[name](at) : token));
  if (/\{\w+\}/.test(shown)) return unknown(`date ${target}`);
  return html`<time datetime=${at.toISOString()} title=${fallback}>${shown}</time>`;
}

const asDate = (options) => (at) => new Intl.DateTimeFormat(locale(), options).format(at);

/** Today, yesterday and tomorrow by their names, other days by their date. */
const pretty = (options) => (at) => {
  const midnight = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const days = Math.round((midnight(at) - midnight(new Date())) / 86_400_000);
  if (Math.abs(days) > 1) return asDate(options)(at);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(days, "day");
};

const SHORT = { year: "numeric", month: "short", day: "numeric" };
const MEDIUM = { year: "numeric", month: "long", day: "numeric" };
const LONG = { ...MEDIUM, weekday: "long" };
const TOKENS = {
  date_num: asDate({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date: asDate(MEDIUM),
  date_short: asDate(SHORT),
  date_long: asDate(LONG),
  date_pretty: pretty(MEDIUM),
  date_short_pretty: pretty(SHORT),
  date_long_pretty: pretty(LONG),
  time: asDate({ hour: "numeric", minute: "2-digit" }),
  time_secs: asDate({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
};

/** The time of a message. */
export const timeOf = (ts) => TOKENS.time(new Date(Number(ts) * 1000));

function unescaped(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}
