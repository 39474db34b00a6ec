// Agents whose text flows, and how long it takes from a byte that they write to its pixels.

/** So many are at work at once. */
export const STREAMS = 24;
/** Seconds in which figures are taken. */
export const LONG = 20;
/** Most milliseconds from a byte to its pixels, MB of the page, and per cent of a core that it uses while text flows, and rests. */
export const MOST = { delay: 150, memory: 350, flowing: 5, resting: 1 };

/** Writes a line with the time in it four times a second, until it may end. */
const WRITES = `$| = 1;
  until (-e "$ENV{HOME}/end") { printf "%s wrote this line of its work at %d\\n", "$$", time * 1000; sleep 0.25 }`;
export const flowing = { type: "command", command: ["perl", "-MTime::HiRes=time,sleep", "-e", WRITES] };

/** Run in a page: keeps how old each line with a time in it is when it has been drawn, in `delays`. */
export function watchLines() {
  const known = new Set(document.querySelector("main").textContent.match(/\d+ wrote [^\d]+\d{13}/g));
  window.delays = [];
  new MutationObserver((changes) => {
    const texts = changes.map(({ target, addedNodes }) => [target, ...addedNodes].map((node) => node.textContent).join("\n"));
    for (const line of texts.join("\n").match(/\d+ wrote [^\d]+\d{13}/g) ?? []) {
      if (known.has(line)) continue;
      known.add(line);
      const written = Number(line.slice(-13));
      requestAnimationFrame(() => setTimeout(() => window.delays.push(Date.now() - written)));
    }
  }).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
}
