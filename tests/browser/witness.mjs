/** Runs in a page before its scripts: gives it `witness`, which tells what can be pressed, and what came of a press. */
export function witness() {
  const ROLES = ["button", "link", "tab", "switch", "option", "menuitem", "menuitemradio", "checkbox", "radio"];
  const CONTROLS = [
    "a[href]", "button", "summary", "select", "input[type=checkbox]", "input[type=radio]",
    ...ROLES.map((role) => `[role=${role}]`),
  ].join(",");
  const OVERLAYS = "[role=dialog], [role=menu]";
  /** What other pages have, too. */
  const SHARED = `${OVERLAYS}, [role=tree], [aria-label="Needs you"], nav`;
  const AREAS = `${SHARED}, [role=tabpanel], section, article, header, main`;
  const ALL = { subtree: true, childList: true, attributes: true, attributeOldValue: true, characterData: true };

  let found = new Map();
  let came = [];
  let unwatch = () => undefined;
  /** What had the focus last on the page itself. */
  let outside;
  document.addEventListener("focusin", ({ target }) => {
    if (!target.closest(OVERLAYS)) outside = target;
  });

  const note = (what) => void came.push(what);
  const overlay = () => [...document.querySelectorAll(OVERLAYS)].at(-1);
  const roleOf = (element) => element.getAttribute("role") ?? element.localName;

  const first = (words) => words.find((each) => each?.trim())?.trim();
  const labelOf = (element) => {
    const ids = element.getAttribute("aria-labelledby")?.split(" ") ?? [];
    return element.getAttribute("aria-label") ?? ids.map((id) => document.getElementById(id)?.innerText).join(" ");
  };

  function nameOf(element) {
    const labels = [...(element.labels ?? [])].map((label) => label.innerText).join(" ");
    const name = first([labelOf(element), labels, element.innerText, element.title]) ?? "";
    // How long something takes differs from look to look.
    return name.replace(/\b\d+ ?(ms|s|m|min|h|d)\b/g, "…").replace(/\s+/g, " ").slice(0, 100);
  }

  /** The part of the page that it is in, by what it is called whatever it shows. */
  function areaOf(element) {
    const area = element.parentElement?.closest(AREAS);
    if (!area) return "page";
    const name = first([labelOf(area), area.matches("section, article") ? area.querySelector("h2, h3")?.innerText : ""]);
    const around = area.matches("nav") ? area.parentElement.closest("header, main") : undefined;
    return [around && roleOf(around), roleOf(area), name?.split("\n")[0]].filter(Boolean).join(" ");
  }

  /** Where the same control is another one: nowhere, on another page, or on the page of another task. */
  function placeOf(element) {
    if (element.closest(SHARED) || !element.closest("main")) return "everywhere";
    return element.closest("header, article") && !element.closest("[role=tab]") ? "task" : "page";
  }

  function isPressable(element) {
    // What is said for a moment cannot be come back to.
    if (element.closest("[aria-live]")) return false;
    if (element.disabled || element.getAttribute("aria-disabled") === "true" || element.length === 1) return false;
    return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  }

  /** What can be pressed: in what lies over the page, else on the page. */
  function controls() {
    const counts = new Map();
    found = new Map();
    for (const element of (overlay() ?? document).querySelectorAll(CONTROLS)) {
      if (!isPressable(element)) continue;
      const key = `${areaOf(element)} › ${roleOf(element)} “${nameOf(element)}”`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      found.set(count > 1 ? `${key} ${count}` : key, element);
    }
    return [...found].map(([key, element]) => ({ key, place: placeOf(element) }));
  }

  /** Writes where nothing is written yet, so that what needs words can be pressed. What filters is left alone. */
  function fill() {
    let isFilled = false;
    for (const field of (overlay() ?? document).querySelectorAll("textarea, input[type=text]:not([role=combobox])")) {
      if (field.value !== "" || field.disabled || /^Filter/.test(nameOf(field))) continue;
      const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value");
      set.call(field, "words");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      isFilled = true;
    }
    return isFilled;
  }

  /** Whether one of several stands as it would be pressed: then nothing need come of it. What is on by itself goes off. */
  function isSo(key) {
    const element = found.get(key);
    const names = ["aria-current"];
    if (roleOf(element) !== "option") names.push("aria-selected");
    if (element.closest("fieldset")) names.push("aria-pressed");
    if (roleOf(element) !== "switch") names.push("aria-checked");
    const isOn = names.some((name) => !["false", null].includes(element.getAttribute(name)));
    return isOn || (element.type === "radio" && element.checked) || element.href === location.href;
  }

  /** Brings a control into sight; where it can be pressed, unless something lies over it. */
  function spot(key) {
    if (!found.get(key)?.isConnected) controls();
    const element = found.get(key);
    if (!element) return undefined;
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
    const { x, y, width, height } = element.getClientRects()[0] ?? {};
    const at = { x: x + width / 2, y: y + height / 2 };
    const hit = width > 0 && document.elementFromPoint(at.x, at.y);
    return hit && (element.contains(hit) || [...(element.labels ?? [])].some((label) => label.contains(hit))) ? at : undefined;
  }

  /** Whether a change shows something: not what was written again as it was, or what is said and taken away again. */
  function isShown({ type, target, attributeName: name, oldValue, addedNodes }) {
    if (type === "attributes" && target.getAttribute(name) === oldValue) return false;
    const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
    return !element?.closest("head, .hidden-text") && !(element?.closest("[aria-live]") && addedNodes.length === 0);
  }

  /** Whether a change is no more than that what lies over the page closes. */
  const isClosing = ({ type, target, addedNodes, removedNodes }, lying, opener) =>
    type === "attributes"
      ? target === opener
      : addedNodes.length === 0 && [...removedNodes].some((node) => node.contains(lying));

  /** Begins to note what comes of pressing a control. That its menu or dialog closes is nothing, unless its name says so. */
  function watch(key) {
    unwatch();
    came = [];
    const control = found.get(key);
    const lying = /^(Cancel|Close)$/.test(nameOf(control)) ? undefined : control.closest(OVERLAYS);
    const opener = lying?.id && document.querySelector(`[aria-controls="${CSS.escape(lying.id)}"]`);
    const [checked, value, back] = [control.checked, control.value, outside];
    const observer = new MutationObserver((records) => {
      for (const record of records) {
        if (isShown(record) && !(lying && isClosing(record, lying, opener))) note(`${record.type} of ${record.target.nodeName}`);
      }
    });
    observer.observe(document, ALL);
    const focus = ({ target }) => {
      if (target !== back && !target.contains(control)) note("focus");
    };
    const scroll = () => note("scroll");
    document.addEventListener("focusin", focus);
    document.addEventListener("scroll", scroll, true);
    const timer = setInterval(() => {
      if (control.checked !== checked || control.value !== value) note("value");
    }, 20);
    unwatch = () => {
      observer.disconnect();
      document.removeEventListener("focusin", focus);
      document.removeEventListener("scroll", scroll, true);
      clearInterval(timer);
    };
  }

  /** Waits until nothing has changed for so many milliseconds. */
  function rest(milliseconds) {
    return new Promise((resolve) => {
      let timer;
      const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(end, milliseconds);
      };
      const observer = new MutationObserver(wait);
      const end = () => {
        observer.disconnect();
        resolve();
      };
      observer.observe(document, ALL);
      wait();
    });
  }

  /** What the page shows, without what was said for a moment. */
  function picture() {
    const body = document.body.cloneNode(true);
    for (const said of body.querySelectorAll("[aria-live]")) said.remove();
    return body.innerHTML;
  }

  /** Comes back to where it was told to stay, where a press has led to another address. */
  let home;
  const stay = () => {
    home = navigation.currentEntry.key;
  };
  const back = () => (navigation.currentEntry.key === home ? undefined : navigation.traverseTo(home).finished.then(() => undefined));

  globalThis.witness = {
    back, controls, fill, isSo, note, picture, rest, spot, stay, watch,
    get: (key) => found.get(key),
    isToggle: (key) => found.get(key)?.matches("[aria-expanded], [aria-pressed], [role=switch]") ?? false,
    came: () => came,
    overlay: () => overlay() && `${roleOf(overlay())} ${labelOf(overlay())}`,
  };
}
