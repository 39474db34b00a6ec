import type { Frame } from "../live/transport";

/** Reads frames of `text/event-stream`, however the bytes are cut; `sign` at every piece that comes. */
export async function readFrames(
  body: ReadableStream<Uint8Array>,
  frame: (frame: Frame) => void,
  sign: () => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parse = frames(frame);
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    sign();
    parse(decoder.decode(value, { stream: true }));
  }
}

/** Takes text in pieces and gives the frames that are whole. */
export function frames(frame: (frame: Frame) => void): (piece: string) => void {
  let parts: string[] = [];
  let id: string | undefined;
  let event = "";
  let data: string[] = [];

  const line = (text: string) => {
    if (text === "") {
      if (data.length > 0) frame({ id, event: event || "message", data: JSON.parse(data.join("\n")) });
      id = undefined;
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
  };

  return (piece) => {
    let from = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", from)) {
      parts.push(piece.slice(from, end));
      const whole = parts.length === 1 ? (parts[0] as string) : parts.join("");
      parts = [];
      from = end + 1;
      line(whole.endsWith("\r") ? whole.slice(0, -1) : whole);
    }
    if (from < piece.length) parts.push(piece.slice(from));
  };
}
