import { allActions, contextOf, keyFor, plainTitleOf } from "~/actions";
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
  const bound = new Map<string, { group: string; title: string; keys: string[] }>();
  for (const action of allActions()) {
    const keys = keyFor(action, preferences);
    if (!keys) continue;
    const title = plainTitleOf(action, context);
    const id = `${action.group} ${title}`;
    bound.set(id, { group: action.group, title, keys: [...(bound.get(id)?.keys ?? []), keys] });
  }
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
          const those = [...bound.values()].filter((each) => each.group === group);
          if (those.length === 0) return null;
          return (
            <section key={group} className={css.group}>
              <h3>{title}</h3>
              {those.map((each) => (
                <div key={each.title} className={css.row}>
                  <span>{each.title}</span>
                  <span className="hidden-text">{each.keys.join(", ")}</span>
                  {each.keys.map((keys) => (
                    <Keys key={keys} keys={keys} />
                  ))}
                </div>
              ))}
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}
