import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeHost } from "~/platform/fake";
import type { Change } from "~/platform/live/live";
import type { AttentionItem, TaskView } from "~/platform/operations";
import { Value } from "~/platform/value";
import { Notifier } from "~/state/notify";
import { type NotifyPreferences, PreferencesStore } from "~/state/preferences";

const ends: (() => void)[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A page in the background; each call of it is one that is opened. */
function open({ looked = false, at = "13:50", ...notify }: Partial<NotifyPreferences> & Page = {}) {
  let [isLooked, now] = [looked, new Date(`2026-11-20T${at}:00`).getTime()];
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (isLooked ? "visible" : "hidden"));
  vi.spyOn(document, "hasFocus").mockImplementation(() => isLooked);
  const shown: string[] = [];
  const host = fakeHost("empty", {
    capabilities: {
      notifications: {
        get: () => "allowed",
        watch: () => () => undefined,
        allow: async () => undefined,
        show: ({ id, title }) => void shown.push(id === "digest" ? title : id),
      },
    },
  });
  host.now = () => now;
  const preferences = new PreferencesStore();
  preferences.set({ notify: { isOn: true, kinds: {}, digest: true, ...notify } });
  const items = new Value<readonly AttentionItem[]>([]);
  const byKey = new Map<string, TaskView>();
  const tasks = { value: { get: () => ({ byKey }) } };
  const notifier = new Notifier(host, { value: items } as never, tasks as never, preferences);
  ends.push(notifier.start());
  return {
    shown,
    needs: (...ids: string[]) => items.set(ids.map(itemOf)),
    change: (task: string, status: TaskView["status"]) => {
      byKey.set(task, { task, status } as TaskView);
      notifier.apply([{ kind: `task.${status}`, news: true, task: { task, status } } as Change]);
    },
    rest: () => vi.advanceTimersByTime(3_000),
    pass: (minutes: number) => {
      now += minutes * 60_000;
      vi.advanceTimersByTime(minutes * 60_000);
    },
    lookAt: (is: boolean) => {
      isLooked = is;
      window.dispatchEvent(new Event(is ? "focus" : "blur"));
    },
  };
}

type Page = { looked?: boolean; at?: string };

const itemOf = (id: string) => ({ id, kind: "question", project: "p", task: id, text: "?" }) as AttentionItem;
const many = Array.from({ length: 450 }, (_, n) => `old-${n}`);

describe("who needs a person", () => {
  test("what was there when the page was opened is no news; what comes is told once", () => {
    const page = open({ looked: true });
    page.needs("a");
    page.lookAt(false);
    page.needs("a", "b");
    page.needs("a", "b", "b2");
    page.needs("b");
    expect(page.shown).toEqual(["b", "b2"]);
  });

  test("however many are open, none is told again when the page is opened anew", () => {
    const before = open({ looked: true });
    before.needs(...many);
    const page = open({ looked: true });
    page.needs(...many);
    page.lookAt(false);
    page.needs(...many, "new");
    page.needs(...many, "new", "newer");
    expect(page.shown).toEqual(["new", "newer"]);
  });

  test("what was snoozed and comes back is not told again", () => {
    const page = open();
    page.needs("a", "b");
    page.needs("b");
    page.needs("b", "c");
    page.needs("a", "b", "c");
    expect(page.shown).toEqual(["a", "b", "c"]);
  });

  test("what comes in quiet hours is told when they are over, unless it was answered or seen", () => {
    const quiet = { from: "22:00", to: "07:00" };
    const page = open({ at: "21:00", quiet });
    page.needs();
    page.pass(120);
    page.needs("seen");
    page.lookAt(true);
    page.lookAt(false);
    page.needs("seen", "a", "answered");
    page.needs("seen", "a");
    page.pass(479);
    expect(page.shown).toEqual([]);
    page.pass(1);
    expect(page.shown).toEqual(["a"]);
  });

  test("what is looked at, and a kind that is not wanted, is never told", () => {
    const page = open({ kinds: { question: false } });
    page.needs("a");
    const next = open();
    next.needs("a", "b");
    next.lookAt(true);
    next.needs("a", "b", "c");
    next.lookAt(false);
    next.needs("a", "b", "c", "d");
    expect(next.shown).toEqual(["b", "d"]);
  });
});

describe("what is completed", () => {
  test("is told together once nothing goes on by itself, however the last of it ends", () => {
    const page = open();
    page.change("a", "running");
    page.change("b", "running");
    page.change("a", "completed");
    page.rest();
    expect(page.shown).toEqual([]);
    page.change("b", "failed");
    page.rest();
    expect(page.shown).toEqual(["1 task is completed"]);
  });

  test.each(["paused", "interrupted", "waiting_answer", "waiting_review"] as const)(
    "a task that is %s does not hold it back",
    (status) => {
      const page = open();
      page.change("b", status);
      page.change("a", "completed");
      page.rest();
      expect(page.shown).toEqual(["1 task is completed"]);
    },
  );

  test.each(["queued", "waiting", "waiting_quota", "stopping"] as const)(
    "a task that is %s holds it back",
    (status) => {
      const page = open();
      page.change("b", status);
      page.change("a", "completed");
      page.rest();
      expect(page.shown).toEqual([]);
    },
  );

  test("is told after quiet hours, and not when it was seen", () => {
    const page = open({ at: "06:00", quiet: { from: "22:00", to: "07:00" } });
    page.needs();
    page.change("a", "completed");
    page.rest();
    page.pass(60);
    expect(page.shown).toEqual(["1 task is completed"]);
    page.change("b", "completed");
    page.lookAt(true);
    page.lookAt(false);
    page.rest();
    expect(page.shown).toHaveLength(1);
  });
});
