import type { Access, AccessState } from "../host";
import { Problem } from "../problem";
import { Value } from "../value";
import { send, type Way } from "../wire/send";

const KEY = "conductor.token";

/** The page's token: from a link's ticket, kept for this tab, sent as a header and nowhere else. */
export class HttpAccess implements Access {
  readonly #state: Value<AccessState>;
  #token: string | undefined;

  /** `wayOf`: the way with a token. */
  constructor(readonly wayOf: (token: () => string | undefined) => Way) {
    this.#token = stored();
    this.#state = new Value<AccessState>({ state: this.#token ? "open" : "needed", mayChange: true });
  }

  get = () => this.#state.get();
  watch = (listener: () => void) => this.#state.watch(listener);
  token = () => this.#token;

  /** Exchanges the ticket in the page's address, and takes it out of the address and the history. */
  async fromAddress(): Promise<void> {
    const ticket = ticketOf(location.hash);
    if (ticket) {
      history.replaceState(history.state, "", location.pathname + location.search);
      await this.#redeem(ticket).catch(() => this.#close(this.#token ? "open" : "expired"));
    }
    if (this.#token) await this.#look();
  }

  async use(linkOrToken: string): Promise<void> {
    const ticket = ticketOf(linkOrToken);
    if (ticket) await this.#redeem(ticket);
    else this.#keep(linkOrToken.trim());
    await this.#look();
    if (this.get().state !== "open") throw new Problem("unauthorized", "this token is not taken");
  }

  leave(): void {
    this.#keep(undefined);
    this.#close("needed");
  }

  /** What every refused request tells. */
  refused(): void {
    this.#close(this.#token ? "refused" : "needed");
  }

  async #redeem(ticket: string): Promise<void> {
    const way = this.wayOf(() => undefined);
    const response = await send(way, "tokens_redeem", { body: { ticket } });
    this.#keep(((await response.json()) as { token: string }).token);
  }

  /** Whether the token is taken, and whether it may change things: only a full one may list tokens. */
  async #look(): Promise<void> {
    try {
      await send(this.wayOf(this.token), "tokens_tokens", {});
      this.#state.set({ state: "open", mayChange: true });
    } catch (error) {
      const code = error instanceof Problem ? error.code : "";
      if (code === "unauthorized") this.#close("refused");
      else this.#state.set({ state: "open", mayChange: code !== "forbidden" });
    }
  }

  #close(state: AccessState["state"]): void {
    if (this.get().state !== state) this.#state.set({ ...this.get(), state });
  }

  #keep(token: string | undefined): void {
    this.#token = token;
    try {
      if (token) sessionStorage.setItem(KEY, token);
      else sessionStorage.removeItem(KEY);
    } catch {
      // Without storage the token lasts as long as the page.
    }
  }
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The ticket in a link or its fragment. */
export function ticketOf(text: string): string | undefined {
  const hash = text.includes("#") ? text.slice(text.indexOf("#") + 1) : "";
  return new URLSearchParams(hash).get("ticket") ?? undefined;
}
