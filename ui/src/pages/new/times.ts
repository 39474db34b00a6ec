const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a time as the command line takes it: `90s`, `15m`, `1h30m`; `0` is no limit. None where it is no time. */
export function seconds(text: string): number | undefined {
  const compact = text.trim().toLowerCase().replace(/\s+/g, "");
  if (compact === "0") return 0;
  if (!/^(\d+[smhd])+$/.test(compact)) return undefined;
  return [...compact.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, value, unit]) => sum + Number(value) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
}

/** The same in its shortest form: 5400 is `1h30m`. */
export function timeText(value: number): string {
  if (value === 0) return "0";
  const [hours, minutes, rest] = [Math.floor(value / 3600), Math.floor((value % 3600) / 60), value % 60];
  return [hours && `${hours}h`, minutes && `${minutes}m`, rest && `${rest}s`].filter(Boolean).join("");
}
