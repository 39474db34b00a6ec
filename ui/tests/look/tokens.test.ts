import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync("src/look/tokens.css", "utf8");

/** The colours of a theme: name to linear red, green, blue. */
function colours(theme: "dark" | "light"): Record<string, [number, number, number]> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  const found = block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g);
  return Object.fromEntries(
    [...found].map(([, name, l, c, h]) => [name, linear(Number(l), Number(c), Number(h))]),
  );
}

/** OKLCH to linear sRGB, cut to what a screen shows. */
function linear(l: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const L = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const M = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const S = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const cut = (value: number) => Math.min(1, Math.max(0, value));
  return [
    cut(4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S),
    cut(-1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S),
    cut(-0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S),
  ];
}

function contrast(one: [number, number, number], other: [number, number, number]): number {
  const light = ([r, g, b]: [number, number, number]) => 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  const [a, b] = [light(one), light(other)];
  return a > b ? a / b : b / a;
}

const GROUNDS = ["bg", "panel", "raise", "hover", "selected"];
const TEXTS = ["text", "dim"];
const STATES = ["run", "need", "fail", "done", "hold", "idle", "accent"];
/** What stands on a coloured ground. */
const ON: Record<string, string[]> = {
  "need-bg": ["text", "dim", "need"],
  "fail-bg": ["text", "dim", "fail"],
  "run-bg": ["text", "dim", "run"],
  "done-bg": ["text", "dim", "done"],
  "hold-bg": ["text", "dim", "hold"],
  "accent-bg": ["text"],
  add: ["text"],
  del: ["text"],
  accent: ["on-accent"],
};

const pairs = [
  ...GROUNDS.flatMap((ground) => TEXTS.map((text) => [text, ground] as const)),
  ...["bg", "panel", "hover"].map((ground) => ["faint", ground] as const),
  ...["bg", "panel"].flatMap((ground) => STATES.map((state) => [state, ground] as const)),
  ...Object.entries(ON).flatMap(([ground, texts]) => texts.map((text) => [text, ground] as const)),
];

describe.each(["dark", "light"] as const)("in the %s theme", (theme) => {
  const all = colours(theme);
  const between = (one: string, other: string) => {
    const [a, b] = [all[one], all[other]];
    if (!a || !b) throw new Error(`no colour ${a ? other : one}`);
    return contrast(a, b);
  };

  test.each(pairs)("%s can be read on %s", (text, ground) => {
    expect(between(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["bg", "panel", "raise"])("borders of controls are seen on %s", (ground) => {
    expect(between("control", ground)).toBeGreaterThanOrEqual(3);
    expect(between("accent", ground)).toBeGreaterThanOrEqual(3);
  });
});

test("the sum is right: black on white is 21", () => {
  expect(contrast(linear(0, 0, 0), linear(1, 0, 0))).toBeCloseTo(21, 0);
});
