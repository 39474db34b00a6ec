import type { ByteRange, Capabilities, FileOperation, FilePart, Host } from "../host";
import { type Clock, Hub } from "../live/hub";
import { onWake } from "../live/wake";
import type { AnyInput, Input, Operation, Output } from "../operations";
import { Problem } from "../problem";
import { HttpAccess } from "./access";
import { EditorLink } from "./editor";
import { type More, send, type Way } from "./fetch";
import { browserNotifications } from "./notifications";
import { HttpTransport } from "./transport";

export type HttpOptions = { base?: string; fetch?: typeof fetch; clock?: Clock; token?: string };

/** The core behind the headless server. */
export class HttpHost implements Host {
  readonly capabilities: Capabilities;
  readonly live: Hub;
  readonly #access: HttpAccess;
  readonly #way: Way;
  readonly #ends: (() => void)[] = [];

  constructor(options: HttpOptions = {}) {
    const raw = options.fetch ?? ((url, init) => fetch(url, init));
    this.#way = {
      base: options.base ?? "",
      token: () => options.token ?? this.#access.token(),
      fetch: async (url, init) => {
        const response = await raw(url, init);
        if (response.status === 401) this.#access.refused();
        return response;
      },
    };
    this.#access = new HttpAccess(() => this.#way);
    this.live = new Hub(new HttpTransport(this.#way), options.clock);
    this.capabilities = capabilities(this.#access);
  }

  async start(): Promise<void> {
    await this.#access.fromAddress();
    const back = () => this.live.retry();
    const seen = () => document.visibilityState === "visible" && this.live.retry();
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", seen);
    this.#ends.push(onWake(() => this.live.wake()));
    this.#ends.push(() => window.removeEventListener("online", back));
    this.#ends.push(() => document.removeEventListener("visibilitychange", seen));
  }

  stop(): void {
    this.live.stop();
    for (const end of this.#ends.splice(0)) end();
  }

  now(): number {
    return Date.now();
  }

  async request<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    const response = await send(this.#way, operation, input as AnyInput);
    if (response.status === 204) return undefined as Output<O>;
    const type = response.headers.get("Content-Type") ?? "";
    return (type.includes("json") ? await response.json() : undefined) as Output<O>;
  }

  async file<O extends FileOperation>(operation: O, input: Input<O>, range?: ByteRange): Promise<FilePart> {
    const more: More = range ? { headers: { Range: rangeHeader(range) } } : {};
    try {
      const response = await send(this.#way, operation, input as AnyInput, more);
      return partOf(response, new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      // Of an empty file, or behind its end, there are no bytes: that is no failure.
      if (!(error instanceof Problem) || error.code !== "range_not_satisfiable") throw error;
      const from = range && "from" in range ? range.from : 0;
      return { bytes: new Uint8Array(), from, total: from, type: "text/plain" };
    }
  }
}

function capabilities(access: HttpAccess): Capabilities {
  const editor = new EditorLink();
  return {
    access,
    openLink,
    notifications: browserNotifications(),
    editorAddress: editor,
    get openInEditor() {
      return editor.get() ? editor.open : undefined;
    },
  };
}

async function openLink(url: string): Promise<void> {
  window.open(url, "_blank", "noopener,noreferrer");
}

function rangeHeader(range: ByteRange): string {
  if ("last" in range) return `bytes=-${range.last}`;
  return `bytes=${range.from}-${range.to === undefined ? "" : range.to - 1}`;
}

function partOf(response: Response, bytes: Uint8Array): FilePart {
  const type = response.headers.get("Content-Type") ?? "application/octet-stream";
  const told = /bytes (\d+)-\d+\/(\d+)/.exec(response.headers.get("Content-Range") ?? "");
  return { bytes, from: Number(told?.[1] ?? 0), total: Number(told?.[2] ?? bytes.length), type };
}
