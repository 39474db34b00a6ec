import { cx, Icon, type IconName } from "~/look";
import { Link, type Route, useRoute } from "~/route";
import { useMayChange } from "~/state/hooks";
import { projectIn } from "~/state/selection";
import { en } from "~/words";
import css from "./BottomBar.module.css";
import { NAV } from "./pages";

/** The bar of narrow windows, in reach of a thumb. */
export function BottomBar() {
  const route = useRoute();
  const { page } = route;
  const mayChange = useMayChange();
  const items: { page: Route["page"]; title: string; icon: IconName }[] = [...NAV];
  if (mayChange) items.splice(2, 0, { page: "new", title: en.strip.newTask, icon: "plus" });
  return (
    <nav className={css.bar} aria-label={en.product}>
      {items.map((item) => (
        <Link
          key={item.page}
          to={{ page: item.page, query: queryOf(item.page, route) } as Route}
          aria-current={page === item.page ? "page" : undefined}
          className={cx(css.item, page === item.page && css.here)}
        >
          <Icon name={item.icon} size={18} />
          {item.title}
        </Link>
      ))}
    </nav>
  );
}

function queryOf(page: Route["page"], here: Route): Route["query"] {
  return page === "new" ? { project: projectIn(here) } : {};
}
