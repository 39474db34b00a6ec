import type { AnchorHTMLAttributes, MouseEvent, Ref } from "react";
import { print, type Route } from "./route";
import { navigate } from "./router";

type Props = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & {
  to: Route;
  ref?: Ref<HTMLAnchorElement>;
};

/** A link within the dashboard: an address that can be copied and opened elsewhere. */
export function Link({ to, onClick, ...rest }: Props) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (event.defaultPrevented || !isPlain) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...rest} href={print(to)} onClick={follow} />;
}
