// The line to the server: what a person sees comes as a stream, what they do goes out one after the other.

let stream = null;
let queue = Promise.resolve();

/** Shows somebody's screen from now on: `onScreen(screen)` at every change, `onLine(up)` when the line fails or is back,
 *  `onNobody()` where the server knows no such person: it refuses, and the browser does not ask again. */
export function connect(user, onScreen, onLine, onNobody) {
  stream?.close();
  stream = new EventSource(`/events?user=${encodeURIComponent(user)}`);
  stream.onmessage = (event) => onScreen(JSON.parse(event.data));
  stream.onopen = () => onLine(true);
  stream.onerror = () => (stream.readyState === EventSource.CLOSED ? onNobody() : onLine(false));
}

/** Does something as a person, after everything asked for before; resolves to the answer, `{said}` when it failed. */
export function act(body) {
  const done = queue.then(() => send(body));
  // Nothing waits for what a menu offers.
  if (body.do !== "search") queue = done;
  return done;
}

async function send(body) {
  try {
    const response = await fetch("/do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    return response.ok ? answer : { said: "refused", refused: answer };
  } catch {
    return { said: "offline" };
  }
}
