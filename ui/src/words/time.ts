import { en } from "./en";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number) => String(value).padStart(2, "0");

/** How long something takes or took: "42s", "8m 42s", "3h 05m", "2d 4h". */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${two(Math.floor((ms % MINUTE) / SECOND))}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${two(Math.floor((ms % HOUR) / MINUTE))}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** How long something short took, of which tenths count: "0.1s", "6.8s", "1m 12s". */
export function took(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  return ms < 10 * SECOND ? `${(ms / SECOND).toFixed(1)}s` : duration(ms);
}

/** The same, coarse: "14 min", "3 h", "2 days". */
export function span(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < MINUTE) return en.time.seconds(Math.floor(ms / SECOND));
  if (ms < HOUR) return en.time.minutes(Math.floor(ms / MINUTE));
  if (ms < DAY) return en.time.hours(Math.floor(ms / HOUR));
  return en.time.days(Math.floor(ms / DAY));
}

/** When, seen from now: "in 22 min", "14 min ago", "now". */
export function relative(at: number, now: number): string {
  const ms = at - now;
  if (Math.abs(ms) < SECOND) return en.time.now;
  return ms > 0 ? en.time.in(span(ms + SECOND / 2)) : en.time.ago(span(-ms));
}

/** The time of day, and the day where it is another one: "13:34", "19 Nov 13:34". */
export function clock(at: number, now: number): string {
  const [time, today] = [new Date(at), new Date(now)];
  const hours = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === today.toDateString()) return hours;
  const year = time.getFullYear() === today.getFullYear() ? "" : ` ${time.getFullYear()}`;
  return `${time.getDate()} ${en.time.months[time.getMonth()]}${year} ${hours}`;
}

/** The time of day to the second: "13:34:05". */
export function seconds(at: number): string {
  return exact(at).slice(-8);
}

/** Date and time to the second, for whoever hovers. */
export function exact(at: number): string {
  const time = new Date(at);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
