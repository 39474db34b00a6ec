import type { Capabilities } from "../host";
import type { Clock } from "../live/hub";
import { onWake } from "../live/wake";
import { WireHost } from "../wire/host";
import { HttpAccess } from "./access";
import { EditorLink } from "./editor";
import { browserNotifications } from "./notifications";
import { HttpTransport } from "./transport";
import { bearerOf, type Fetch, httpWay } from "./way";

export type HttpOptions = { base?: string; fetch?: Fetch; clock?: Clock; token?: string };

/** The core behind the headless server. */
export class HttpHost extends WireHost {
  readonly capabilities: Capabilities;
  readonly #access: HttpAccess;
  readonly #ends: (() => void)[] = [];

  constructor({ base = "", fetch: raw = (url, init) => fetch(url, init), clock, token }: HttpOptions = {}) {
    const asked: Fetch = async (url, init) => {
      const response = await raw(url, init);
      if (response.status === 401) access.refused(bearerOf(init));
      return response;
    };
    const access = new HttpAccess((held) => httpWay(base, held, asked));
    const way = httpWay(base, () => token ?? access.token(), asked);
    super(way, new HttpTransport(way), clock);
    this.#access = access;
    this.capabilities = capabilities(access);
  }

  async start(): Promise<void> {
    this.#ends.push(await this.#access.start());
    const back = () => this.live.retry();
    const seen = () => document.visibilityState === "visible" && this.live.retry();
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", seen);
    this.#ends.push(onWake(() => this.live.wake()));
    this.#ends.push(() => window.removeEventListener("online", back));
    this.#ends.push(() => document.removeEventListener("visibilitychange", seen));
  }

  override stop(): void {
    super.stop();
    for (const end of this.#ends.splice(0)) end();
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
