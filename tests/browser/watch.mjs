/** Runs in a page: gives it `watchAll(token, topics)`, which reads many topics on one stream and comes back after a
    cut, and `seen`, what it has read. */
export function watch() {
  const seen = { bytes: 0, ended: 0, cuts: 0, streams: 0, logs: {}, trouble: [] };
  let place;

  /** Reads one stream until it breaks. */
  async function read(token, topics) {
    const headers = { authorization: `Bearer ${token}`, ...(place && { "last-event-id": place }) };
    const answer = await fetch("/api/v1/stream", { headers });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    seen.streams += 1;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) take(event, token, topics);
    }
  }

  function take(text, token, topics) {
    const fields = Object.fromEntries(text.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]));
    const first = place === undefined;
    if (fields.id) place = fields.id;
    if (!fields.event) return;
    const { subscription, data } = JSON.parse(fields.data);
    if (fields.event === "session" && first) topics.forEach((topic, index) => add(token, data.session, `log-${index}`, topic));
    if (fields.event === "log") {
      seen.logs[subscription] = (seen.logs[subscription] ?? "") + data.text;
      seen.bytes += new TextEncoder().encode(data.text).length;
    }
    if (fields.event === "end" && subscription) seen.ended += 1;
    if (["problem", "reset", "resync"].includes(fields.event)) seen.trouble.push(text);
  }

  async function add(token, session, name, topic) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const body = JSON.stringify({ name, topic });
    const answer = await fetch(`/api/v1/stream/${session}/subscriptions`, { method: "POST", headers, body });
    if (!answer.ok) seen.trouble.push(await answer.text());
  }

  async function watchAll(token, topics) {
    for (;;) {
      await read(token, topics).catch(() => undefined);
      seen.cuts += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  Object.assign(globalThis, { seen, watchAll: (...all) => void watchAll(...all) });
}
