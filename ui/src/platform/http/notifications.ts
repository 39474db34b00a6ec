import { goTo } from "../go";
import type { Notice, Notifications } from "../host";
import { Value } from "../value";

const STATES = { granted: "allowed", denied: "denied", default: "not_asked" } as const;

/** Notifications of the browser; none where it has none, or where the page is not on a secure address. */
export function browserNotifications(): Notifications | undefined {
  if (!("Notification" in globalThis) || !globalThis.isSecureContext) return undefined;
  const state = new Value<(typeof STATES)[NotificationPermission]>(STATES[Notification.permission]);
  return {
    get: state.get,
    watch: state.watch,
    allow: async () => state.set(STATES[await Notification.requestPermission()]),
    show,
  };
}

function show({ id, title, body, address }: Notice): void {
  const shown = new Notification(title, { body, tag: id, icon: "/icon.svg" });
  shown.onclick = () => {
    window.focus();
    shown.close();
    if (address) goTo(address);
  };
}
