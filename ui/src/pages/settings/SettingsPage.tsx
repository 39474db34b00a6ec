import { Boundary, cx } from "~/look";
import { Link, useRoute } from "~/route";
import { useHost } from "~/state/app";
import { en } from "~/words";
import { PARTS } from "./parts";
import css from "./SettingsPage.module.css";

export default function SettingsPage() {
  const route = useRoute();
  const host = useHost();
  const parts = PARTS.filter((part) => part.when?.(host) ?? true);
  const asked = route.page === "settings" ? route.part : undefined;
  const current = parts.find((part) => part.id === asked) ?? parts[0];
  if (!current) return null;
  const Component = current.component;
  return (
    <div className={css.page}>
      <nav className={css.nav} aria-label={en.settings.label}>
        {parts.map(({ id, title }) => (
          <Link
            key={id}
            to={{ page: "settings", part: id, query: {} }}
            aria-current={id === current.id ? "page" : undefined}
            className={cx(css.link, id === current.id && css.here)}
          >
            {title}
          </Link>
        ))}
      </nav>
      <div className={css.body}>
        <h1 className={css.title}>{current.title}</h1>
        <Boundary name={current.id}>
          <Component />
        </Boundary>
      </div>
    </div>
  );
}
