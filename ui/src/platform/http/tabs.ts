/** What the tabs of one origin in one browser tell each other: it leaves the browser in no way. */
type Word =
  | { kind: "ask" }
  /** For whoever asks now. */
  | { kind: "give"; token: string }
  /** The core refused something: who holds a token looks whether it still holds. */
  | { kind: "look" }
  /** A person had this token forgotten. */
  | { kind: "forget"; token: string };

const NAME = "conductor.access";
/** Milliseconds in which another tab answers, where there is one. */
const WAIT = 300;

type Own = {
  /** What another tab may be given. */
  token(): string | undefined;
  look(): void;
  forget(token: string): void;
};

/** The other open tabs of this page. */
export class Tabs {
  readonly #channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(NAME);
  #given: ((token: string) => void) | undefined;

  constructor(readonly own: Own) {
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#told(data as Word);
  }

  /** The token of another tab; none where no tab has one, or none answers in time. */
  async ask(): Promise<string | undefined> {
    if (!this.#channel) return undefined;
    const answer = new Promise<string | undefined>((resolve) => {
      this.#given = resolve;
      setTimeout(resolve, WAIT, undefined);
    });
    this.tell({ kind: "ask" });
    return answer.finally(() => {
      this.#given = undefined;
    });
  }

  tell(word: Word): void {
    this.#channel?.postMessage(word);
  }

  close(): void {
    this.#channel?.close();
  }

  #told(word: Word): void {
    if (word.kind === "give") return this.#given?.(word.token);
    if (word.kind === "look") return this.own.look();
    if (word.kind === "forget") return this.own.forget(word.token);
    const token = this.own.token();
    if (token) this.tell({ kind: "give", token });
  }
}
