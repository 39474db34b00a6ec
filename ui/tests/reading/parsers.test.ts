import { describe, expect, test } from "vitest";
import { PLAIN, spansOf, withoutColour } from "~/look/ansi";
import { linesOf, WIDEST } from "~/pages/tasks/tabs/log/lines";
import { findIn } from "~/pages/tasks/tabs/log/search";
import { changesOf, diffOf, editOf, patchOf } from "~/pages/tasks/tabs/transcript/diff";
import { blocksOf, inlines } from "~/pages/tasks/tabs/transcript/markdown";
import { resultNote, toolName } from "~/words";

const bytes = (text: string) => new TextEncoder().encode(text);
const ESC = "\u001b";

describe("colours of a terminal", () => {
  test("become styles; what else acts stays in the text", () => {
    const { spans, style } = spansOf(`${ESC}[1;31merror${ESC}[0m: ${ESC}[2Kx ${ESC}[38;5;46mgreen`);
    expect(spans).toEqual([
      { text: "error", style: { bold: true, colour: "red" } },
      { text: `: ${ESC}[2Kx `, style: PLAIN },
      { text: "green", style: { colour: "green" } },
    ]);
    expect(style).toEqual({ colour: "green" });
    expect(spansOf("next", style).spans).toEqual([{ text: "next", style: { colour: "green" } }]);
  });

  test("of three bytes are the nearest that can be read, and are taken off one by one", () => {
    expect(spansOf(`${ESC}[38;2;250;10;10;4ma${ESC}[24;39mb`).spans).toEqual([
      { text: "a", style: { colour: "red", underline: true } },
      { text: "b", style: {} },
    ]);
    expect(withoutColour(`${ESC}[33ma${ESC}[mb`)).toBe("ab");
  });
});

describe("lines of a log", () => {
  test("are told by their bytes", () => {
    const lines = linesOf(bytes("ü\r\n\nlast"), 10);
    expect(lines.map(({ offset, bytes: size, text, isEnded }) => [offset, size, text, isEnded])).toEqual([
      [10, 4, "ü", true],
      [14, 1, "", true],
      [15, 4, "last", false],
    ]);
  });

  test("that are longer than a row are cut between characters, and nothing is lost", () => {
    const text = "é".repeat(WIDEST);
    const lines = linesOf(bytes(`${text}\nnext\n`), 0);
    expect(lines.at(-1)).toMatchObject({ text: "next", isContinued: false });
    const pieces = lines.slice(0, -1);
    expect(pieces.map((line) => line.text).join("")).toBe(text);
    expect(pieces.map((line) => line.isContinued)).toEqual([false, true]);
    expect(lines.reduce((sum, line) => sum + line.bytes, 0)).toBe(bytes(`${text}\nnext\n`).length);
  });
});

describe("finding in bytes", () => {
  test("tells places in bytes, in either case, across colours", () => {
    const log = `é Error\n${ESC}[31mer${ESC}[0mror: x\nERROR`;
    const all = bytes(log);
    const places = findIn(all, "error");
    const expected = [3, bytes(`é Error\n${ESC}[31m`).length, all.length - 5];
    expect(places).toEqual(expected);
  });

  test("does not take other letters for the same", () => {
    expect(findIn(bytes("Ú"), "Ê")).toEqual([]);
    expect(findIn(bytes("aÊb"), "Ê")).toEqual([1]);
    expect(findIn(bytes("anything"), "")).toEqual([]);
  });
});

describe("diffs", () => {
  test("tell lines that came and went", () => {
    expect(diffOf("a\nb\nc\n", "a\nx\nc\nd\n")).toEqual([
      { kind: "same", text: "a" },
      { kind: "del", text: "b" },
      { kind: "add", text: "x" },
      { kind: "same", text: "c" },
      { kind: "add", text: "d" },
    ]);
    expect(changesOf(diffOf("", "a\nb"))).toEqual({ added: 2, removed: 0 });
  });

  test("are read from the arguments of editing tools", () => {
    expect(editOf({ file_path: "x", old_string: "a", new_string: "b" })).toHaveLength(2);
    expect(editOf({ file_path: "x", content: "a\nb" })).toHaveLength(2);
    expect(
      editOf({
        edits: [
          { old_string: "a", new_string: "b" },
          { old_string: "", new_string: "c" },
        ],
      }),
    ).toHaveLength(3);
    expect(editOf({ file_path: "x" })).toBeUndefined();
  });

  test("are seen in what a tool printed", () => {
    const patch = patchOf("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n c");
    expect(patch?.map((line) => line.kind)).toEqual(["head", "head", "head", "head", "del", "add", "same"]);
    expect(patchOf("- a list\n+ of things")).toBeUndefined();
  });
});

describe("Markdown", () => {
  test("becomes blocks", () => {
    const kinds = blocksOf("Hi\nthere\n\n# T\n- a\n  - b\n1. c\n\n```rs\n- x\n```\n> q\n---\n| a |").map(
      (b) => b.kind,
    );
    expect(kinds).toEqual(["text", "title", "list", "code", "quote", "rule", "code"]);
  });

  test("is never HTML or a picture", () => {
    expect(inlines("<img src=x> ![p](https://a.example/b.png) [l](javascript:alert(1))")).toEqual([
      { kind: "plain", text: "<img src=x> " },
      { kind: "link", text: "p", url: "https://a.example/b.png" },
      { kind: "plain", text: " [l](javascript:alert(1))" },
    ]);
  });

  test("leaves names with underscores and multiplications alone", () => {
    expect(inlines("old_string and 2 * 3 * 4")).toEqual([
      { kind: "plain", text: "old_string and 2 * 3 * 4" },
    ]);
    expect(inlines("`a_b` **c** *d* _e_").map((part) => part.kind)).toEqual([
      "code",
      "plain",
      "strong",
      "plain",
      "em",
      "plain",
      "em",
    ]);
  });

  test("ends where its text ends: an open fence is code", () => {
    expect(blocksOf("```\nnot closed")).toEqual([{ kind: "code", language: "", text: "not closed" }]);
  });
});

test("tools are named for people", () => {
  expect([
    toolName("run_shell_command"),
    toolName("mcp__x"),
    resultNote("a\nb\n"),
    resultNote("no\nexit 101"),
  ]).toEqual(["Shell", "mcp__x", "2 lines", "exit 101"]);
});
