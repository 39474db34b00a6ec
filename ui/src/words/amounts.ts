import { en } from "./en";

/** A count with its digits grouped: "12 480". */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Tokens: "840", "9.1 k", "184 k", "1.2 M". */
export function tokens(value: number): string {
  if (value < 1000) return String(value);
  if (value < 999_500) return `${short(value / 1000)} k`;
  return `${short(value / 1_000_000)} M`;
}

/** Bytes: "512 B", "3.4 kB", "120 MB". */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? size : short(size)} ${units[unit]}`;
}

/** What an agent told that it cost: "$1.86". */
export function money(dollars: number): string {
  return dollars > 0 && dollars < 0.01 ? en.amount.underACent : `$${dollars.toFixed(2)}`;
}

/** One of something or several: `plural(3, "run", "runs")` is "3 runs". */
export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

function short(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}
