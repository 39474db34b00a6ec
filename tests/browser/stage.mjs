/** Runs in a page before its scripts, after `witness`: its time of day stands, so that nothing changes by itself; the core
    refuses to change anything; and what would leave the page is only noted. */
export function stage(now) {
  const { note } = globalThis.witness;
  const Time = Date;
  globalThis.Date = class extends Time {
    static now = () => now;
    constructor(...parts) {
      super(...(parts.length > 0 ? parts : [now]));
    }
  };

  const send = fetch;
  globalThis.fetch = async (address, options) => {
    const { pathname, search } = new URL(address, location.href);
    const method = options?.method ?? "GET";
    if (method === "GET" || pathname.startsWith("/api/v1/stream")) return send(address, options);
    note(`asks ${method} ${pathname}`);
    await globalThis.refused({ method, path: pathname + search });
    const body = { code: "refused", title: "refused", detail: "nothing is changed in this test" };
    return new Response(JSON.stringify(body), { status: 409, headers: { "content-type": "application/problem+json" } });
  };

  const open = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function () {
    note(`opens ${this.href}`);
    if (/^(https?|blob):/.test(this.href)) open.call(this);
  };
  globalThis.Notification = class extends EventTarget {
    static permission = "granted";
    static requestPermission = async () => {
      note("asks to notify");
      return "granted";
    };
    constructor(title) {
      super();
      note(`notifies “${title}”`);
    }
    close() {}
  };
}
