import { contextOf, everyAction, keyFor, plainTitleOf } from "~/actions";
import { Button, Dialog, Keys } from "~/look";
import { navigate } from "~/route";
import { useApp } from "~/state/app";
import { usePreferences } from "~/state/hooks";
import { en } from "~/words";
import css from "./KeysPage.module.css";

/** All keys, by what they are for. */
export default function KeysPage({ onClose }: { onClose: () => void }) {
  const context = contextOf(useApp());
  const [preferences] = usePreferences();
  const bound = everyAction().flatMap((action) => {
    const keys = keyFor(action, preferences);
    return keys ? [{ id: action.id, group: action.group, title: plainTitleOf(action, context), keys }] : [];
  });
  const change = () => {
    onClose();
    navigate({ page: "settings", part: "keys", query: {} });
  };
  return (
    <Dialog
      title={en.keys.title}
      size="wide"
      onClose={onClose}
      footer={<Button onClick={change}>{en.keys.hint}</Button>}
    >
      <div className={css.groups}>
        {Object.entries(en.groups).map(([group, title]) => {
          const those = bound.filter((each) => each.group === group);
          if (those.length === 0) return null;
          return (
            <section key={group} className={css.group}>
              <h3>{title}</h3>
              {those.map((each) => (
                <div key={each.id} className={css.row}>
                  <span>{each.title}</span>
                  <span className="hidden-text">{each.keys}</span>
                  <Keys keys={each.keys} />
                </div>
              ))}
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
