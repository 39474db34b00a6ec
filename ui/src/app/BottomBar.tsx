import { cx, Icon, type IconName } from "~/look";
import { Link, type Route, useRoute } from "~/route";
import { useMayChange } from "~/state/hooks";
import { en } from "~/words";
import css from "./BottomBar.module.css";
import { NAV } from "./pages";

/** The bar of narrow windows, in reach of a thumb. */
export function BottomBar() {
  const { page } = useRoute();
  const mayChange = useMayChange();
  const items: { page: Route["page"]; title: string; icon: IconName }[] = [...NAV];
  if (mayChange) items.splice(2, 0, { page: "new", title: en.strip.newTask, icon: "plus" });
  return (
    <nav className={css.bar} aria-label={en.product}>
      {items.map((item) => (
        <Link
          key={item.page}
          to={{ page: item.page, query: {} } as Route}
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
