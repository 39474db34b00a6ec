// Presses everything that can be pressed, and sees whether anything comes of it.

import { until } from "./dashboard.mjs";
import { stage } from "./stage.mjs";
import { witness } from "./witness.mjs";

/** Milliseconds without a change after which a page rests, and one over which the pointer moved. */
const REST = 80;
const HOVER = 30;
/** In which something has to come of a press; asked again before it counts as nothing. */
const SOON = 1_500;
const LATE = 6_000;
/** In which what a press has to load opens: React holds back for 300 ms what follows a place that it held open. */
const LOADED = 500;
/** Most of it is waiting. */
const TABS = 3;
/** Presses that lead to a control: a menu, a dialog of it, its second step. */
const DEEPEST = 3;

/**
 * What walks find. `requests`: all of their pages, each `{method, path}`; `pressed`: the controls, each with its page;
 * `dead`: those of which nothing came.
 */
export class Found {
  requests = [];
  pressed = new Map();
  dead = [];
}

/**
 * Presses what is on these pages, each control once, in a few tabs at once: what stands on all pages is pressed on one, what
 * was pressed before is left. In the tabs the clock stands, and the core refuses to change anything.
 */
export async function walk(board, paths, { found, prepare, ...view }) {
  const waiting = [...paths];
  const work = async () => {
    const tab = await Tab.open(board, found, prepare, view);
    for (let path = waiting.shift(); path; path = waiting.shift()) await tab.page(path);
    await tab.close();
  };
  await Promise.all(Array.from({ length: TABS }, work));
}

class Tab {
  static async open(board, found, prepare, view) {
    const page = await board.open("/", view);
    await prepare?.(page);
    await page.context().grantPermissions(["clipboard-write", "notifications"]);
    await page.exposeFunction("refused", (request) => found.requests.push(request));
    const tab = new Tab(board, page, found, await page.evaluate(stored));
    await page.addInitScript(witness);
    await page.addInitScript(stage, Date.now());
    return tab;
  }

  #board;
  #page;
  #found;
  #kept;
  #outside = [];
  #underWay = new Set();
  /** Where it is, as what it was found there, and what was pressed there; none where it is to be loaded anew. */
  #at;
  #picture;
  #steps = [];
  /** Whether the last press asked for a part of the program. */
  #isLoading = false;

  constructor(board, page, found, kept) {
    [this.#board, this.#page, this.#found, this.#kept] = [board, page, found, kept];
    page.on("request", (request) => this.#asked(request));
    for (const end of ["requestfinished", "requestfailed"]) page.on(end, (request) => this.#underWay.delete(request));
    for (const event of ["popup", "download", "filechooser", "framenavigated"]) {
      page.on(event, (what) => this.#left(event, what));
    }
  }

  close() {
    return this.#page.context().close();
  }

  async page(path) {
    await this.#go(path, []);
    await this.#each(path, [], new Set());
  }

  /** Presses what is there after some presses and was not before them. */
  async #each(path, steps, known) {
    const there = (await this.#ask("controls")).filter(({ key }) => !known.has(key));
    const all = new Set([...known, ...there.map(({ key }) => key)]);
    for (const { key, place } of there) {
      const id = `${scopeOf(place, path)} ${key}`;
      if (this.#found.pressed.has(id)) continue;
      this.#found.pressed.set(id, path);
      await this.#go(path, steps);
      await this.#try(path, steps, key, all);
    }
  }

  async #try(path, steps, key, known) {
    const before = await this.#ask("overlay");
    let came = await this.#press(key, SOON);
    if (!came && !(await this.#ask("isSo", key))) {
      this.#at = undefined;
      await this.#go(path, steps);
      came = await this.#press(key, LATE);
      if (!came) this.#found.dead.push(`${path}: ${[...steps, key].join(" → ")}`);
    }
    await this.#settle(before);
    // What changes within a dialog is that dialog still.
    const isElsewhere = before === undefined || (await this.#ask("overlay")) !== before;
    if (came && isElsewhere && steps.length < DEEPEST && this.#isThere()) {
      this.#steps = [...steps, key];
      await this.#each(path, this.#steps, known);
    }
    await this.#restore(key);
  }

  /** What came of a press; none where nothing did. */
  async #press(key, patience) {
    const { x, y } = await this.#over(key);
    [this.#outside, this.#isLoading] = [[], false];
    await this.#ask("watch", key);
    const control = (await this.#page.evaluateHandle((key) => globalThis.witness.get(key), key)).asElement();
    const other = await control.evaluate(({ options = [] }) => [...options].findIndex(({ selected }) => !selected));
    if (other >= 0) await control.selectOption({ index: other });
    else await this.#page.mouse.click(x, y);
    for (const end = Date.now() + patience; Date.now() < end; ) {
      const came = this.#outside[0] ?? (await this.#ask("came"))[0];
      if (came) return came;
      await pause();
    }
    return undefined;
  }

  /** Moves the pointer over a control; where that is. */
  async #over(key) {
    for (let at = await this.#find(key); ; ) {
      await this.#page.mouse.move(at.x, at.y);
      await this.#rest(HOVER);
      const now = await this.#find(key);
      if (now.x === at.x && now.y === at.y) return at;
      at = now;
    }
  }

  /** Waits until what a press brings is there, and writes where it asks for words. */
  async #settle(before) {
    await this.#rest(REST);
    const end = Date.now() + (this.#isLoading && this.#isThere() ? LOADED : 0);
    while (Date.now() < end && (await this.#ask("overlay")) === before) await pause();
    await this.#fill();
  }

  async #fill() {
    if (await this.#ask("fill")) await this.#rest(HOVER);
  }

  /** Goes to where a control is: to a page, then through what opens it. */
  async #go(path, steps) {
    if (this.#at !== path) {
      await this.#page.evaluate(restore, this.#kept);
      await this.#board.visit(this.#page, path);
      await this.#rest(REST);
      await this.#fill();
      [this.#at, this.#steps] = [path, []];
      this.#picture = await this.#ask("picture");
      await this.#ask("stay");
    }
    for (const step of steps.slice(this.#steps.length)) {
      const before = await this.#ask("overlay");
      const { x, y } = await this.#over(step);
      this.#isLoading = false;
      await this.#page.mouse.click(x, y);
      await this.#settle(before);
    }
  }

  /** Closes what was opened, goes back, and turns off what was turned on; a page that is not as it was then is loaded anew. */
  async #restore(key) {
    for (let presses = 0; presses < DEEPEST && (await this.#ask("overlay")); presses += 1) {
      await this.#page.keyboard.press("Escape");
    }
    this.#steps = [];
    if (!this.#isThere()) await this.#ask("back");
    if (await this.#isAsBefore()) return;
    const spot = this.#isThere() && (await this.#ask("isToggle", key)) && (await this.#ask("spot", key));
    if (spot) await this.#page.mouse.click(spot.x, spot.y);
    if (!spot || !(await this.#isAsBefore())) this.#at = undefined;
  }

  async #isAsBefore() {
    await this.#page.mouse.move(0, 0);
    await this.#rest(HOVER);
    return this.#isThere() && (await this.#ask("picture")) === this.#picture;
  }

  #isThere() {
    return this.#page.url() === this.#board.served.url + this.#at;
  }

  /** Where a control can be pressed. */
  #find(key) {
    return until(`${key} on ${this.#page.url()}`, () => this.#ask("spot", key), 30);
  }

  #ask(what, ...args) {
    return this.#page.evaluate(({ what, args }) => globalThis.witness[what](...args), { what, args });
  }

  /** Waits until nothing is under way, and nothing has changed for a while. */
  async #rest(milliseconds) {
    do {
      while (this.#underWay.size > 0) await pause();
      await this.#ask("rest", milliseconds);
    } while (this.#underWay.size > 0);
  }

  #asked(request) {
    const { origin, pathname, search } = new URL(request.url());
    if (origin !== this.#board.served.url) return;
    const isApi = pathname.startsWith("/api/");
    if (isApi) this.#found.requests.push({ method: request.method(), path: pathname + search });
    if (pathname.startsWith("/api/v1/stream")) return;
    this.#isLoading ||= pathname.endsWith(".js");
    if (isApi) this.#outside.push(`asks for ${pathname}`);
    this.#underWay.add(request);
  }

  #left(event, what) {
    this.#outside.push(event);
    if (event === "popup") void what.close();
  }
}

/** Within what a control is the same one. */
function scopeOf(place, path) {
  const parts = path.split("/");
  return { everywhere: "", page: parts[1] === "settings" ? path : parts[1], task: parts.slice(0, 4).join("/") }[place];
}

/** Run in a page: what it has stored, and that this is stored again. */
function stored() {
  return { local: { ...localStorage }, session: { ...sessionStorage } };
}

function restore({ local, session }) {
  for (const [storage, values] of [[localStorage, local], [sessionStorage, session]]) {
    storage.clear();
    for (const [name, value] of Object.entries(values)) storage.setItem(name, value);
  }
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
