import { useEffect, useRef } from "react";
import { Boundary, cx } from "~/look";
import { Link, useRoute } from "~/route";
import { useHost } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { en } from "~/words";
import { settings } from "~/words/en.settings";
import { PARTS } from "./parts";
import css from "./SettingsPage.module.css";

export default function SettingsPage() {
  const route = useRoute();
  const host = useHost();
  const mayChange = useMayChange();
  const here = useRef<HTMLAnchorElement>(null);
  const parts = PARTS.filter((part) => part.when?.(host, mayChange) ?? true);
  const asked = route.page === "settings" ? route.part : undefined;
  const current = parts.find((part) => part.id === asked) ?? parts[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the link is another one when the part is.
  useEffect(() => {
    here.current?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [current?.id]);
  if (!current) return null;
  const Component = current.component;
  const lead = typeof current.lead === "function" ? current.lead(host) : current.lead;
  return (
    <div className={css.page}>
      <nav className={css.nav} aria-label={en.settings.label}>
        {parts.map(({ id }) => (
          <Link
            key={id}
            ref={id === current.id ? here : undefined}
            to={{ page: "settings", part: id, query: {} }}
            aria-current={id === current.id ? "page" : undefined}
            className={cx(css.link, id === current.id && css.here)}
          >
            {settings.parts[id]}
          </Link>
        ))}
      </nav>
      <div className={css.body}>
        <h1 className={css.title}>{settings.parts[current.id]}</h1>
        {lead && <p className={css.lead}>{lead}</p>}
        <Boundary name={current.id}>
          <Component />
        </Boundary>
      </div>
    </div>
  );
}
