import { expect, test } from "vitest";
import { frames } from "~/platform/http/sse";
import type { Frame } from "~/platform/live/transport";

const TEXT =
  'retry: 1000\n\n: \n\nid: a\nevent: session\ndata: {"data":{"session":"x"}}\n\nid:b\r\nevent:log\r\ndata:{"text":\r\ndata:"ü"}\r\n\r\n';
const WANTED: Frame[] = [
  { id: "a", event: "session", data: { data: { session: "x" } } },
  { id: "b", event: "log", data: { text: "ü" } },
];

test.each([1, 2, 3, 7, 1000])("frames are whole however they are cut: pieces of %i", (size) => {
  const told: Frame[] = [];
  const parse = frames((frame) => told.push(frame));
  for (let at = 0; at < TEXT.length; at += size) parse(TEXT.slice(at, at + size));
  expect(told).toEqual(WANTED);
});
