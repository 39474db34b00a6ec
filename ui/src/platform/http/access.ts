import type { Access, AccessState } from "../host";
import { Problem } from "../problem";
import { Value } from "../value";
import { send, type Way } from "../wire/send";
import { Tabs } from "./tabs";

const KEY = "conductor.token";

/**
 * The page's token: from a link's ticket or another tab of this page, kept for this tab, or for this browser where a
 * person said so. It is sent to the core as a header, given to tabs of this origin that ask, and goes nowhere else.
 */
export class HttpAccess implements Access {
  readonly #state: Value<AccessState>;
  readonly stays = new Value(false);
  #token: string | undefined;
  #tabs: Tabs | undefined;

  /** `wayOf`: the way with a token. */
  constructor(readonly wayOf: (token: () => string | undefined) => Way) {
    this.#token = stored("session") ?? stored("local");
    this.#kept();
    this.#state = new Value<AccessState>({ state: this.#token ? "open" : "needed", mayChange: true });
  }

  get = () => this.#state.get();
  watch = (listener: () => void) => this.#state.watch(listener);
  token = () => this.#token;

  /** Comes in: by the ticket in the page's address, by what is kept, else by another tab. Returns its end. */
  async start(): Promise<() => void> {
    this.#tabs = new Tabs({
      token: () => (this.get().state === "open" ? this.#token : undefined),
      look: () => void (this.get().state === "open" && this.#look()),
      forget: (token) => void (this.#token === token && this.#forget()),
    });
    window.addEventListener("storage", this.#kept);
    if (!this.#token) this.#close("asking");
    await this.#fromAddress();
    if (!this.#token) this.#keep(await this.#tabs.ask());
    if (this.#token) await this.#look();
    else if (this.get().state === "asking") this.#close("needed");
    return () => {
      window.removeEventListener("storage", this.#kept);
      this.#tabs?.close();
    };
  }

  /** Exchanges the ticket in the page's address, and takes it out of the address and the history. */
  async #fromAddress(): Promise<void> {
    const ticket = ticketOf(location.hash);
    if (!ticket) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    await this.#redeem(ticket).catch(() => this.#close(this.#token ? "open" : "expired"));
  }

  async use(linkOrToken: string, stays = false): Promise<void> {
    const ticket = ticketOf(linkOrToken);
    if (ticket) await this.#redeem(ticket);
    else this.#keep(linkOrToken.trim());
    await this.#look();
    if (this.get().state !== "open") throw new Problem("unauthorized", "this token is not taken");
    if (stays) this.stay(true);
  }

  stay(stays: boolean): void {
    store("local", stays ? this.#token : undefined);
    this.stays.set(stays);
  }

  /** Other tabs forget it, too: they would give it back. */
  leave(): void {
    if (this.#token) this.#tabs?.tell({ kind: "forget", token: this.#token });
    this.#forget();
  }

  /** What every request tells that is refused, with the token that it was sent with. */
  refused(token: string | undefined): void {
    if (token !== this.#token) return;
    if (this.get().state === "open") this.#tabs?.tell({ kind: "look" });
    if (this.stays.get()) this.stay(false);
    if (token) this.#close("refused");
  }

  #forget(): void {
    if (this.stays.get()) this.stay(false);
    this.#keep(undefined);
    this.#close("needed");
  }

  /** Another tab may have had it kept, or not. */
  readonly #kept = () => {
    this.stays.set(this.#token !== undefined && stored("local") === this.#token);
  };

  async #redeem(ticket: string): Promise<void> {
    const way = this.wayOf(() => undefined);
    const response = await send(way, "tokens_redeem", { body: { ticket } });
    this.#keep(((await response.json()) as { token: string }).token);
  }

  /** Whether the token is taken, and whether it may change things: only a full one may list tokens. */
  async #look(): Promise<void> {
    const token = this.#token;
    try {
      await send(
        this.wayOf(() => token),
        "tokens_tokens",
        {},
      );
      this.#state.set({ state: "open", mayChange: true });
    } catch (error) {
      const code = error instanceof Problem ? error.code : "";
      if (code === "unauthorized") this.refused(token);
      else this.#state.set({ state: "open", mayChange: code !== "forbidden" });
    }
  }

  #close(state: AccessState["state"]): void {
    if (this.get().state !== state) this.#state.set({ ...this.get(), state });
  }

  #keep(token: string | undefined): void {
    this.#token = token;
    store("session", token);
    if (this.stays.get()) store("local", token);
    else this.#kept();
  }
}

type Kept = "session" | "local";

const place = (kept: Kept) => (kept === "local" ? localStorage : sessionStorage);

function store(kept: Kept, token: string | undefined): void {
  try {
    if (token) place(kept).setItem(KEY, token);
    else place(kept).removeItem(KEY);
  } catch {
    // Without storage the token lasts as long as the page.
  }
}

function stored(kept: Kept): string | undefined {
  try {
    return place(kept).getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The ticket in a link or its fragment. */
export function ticketOf(text: string): string | undefined {
  const hash = text.includes("#") ? text.slice(text.indexOf("#") + 1) : "";
  return new URLSearchParams(hash).get("ticket") ?? undefined;
}
