import { Icon, Tooltip } from "~/look";
import { useApp } from "~/state/app";
import { useSelected } from "~/state/store";
import { en } from "~/words";
import css from "./Awake.module.css";

/** Says that the machine does not go to sleep, while a supervisor keeps it from that. */
export function Awake() {
  const { tasks } = useApp();
  const keeps = useSelected(
    tasks.value,
    ({ byKey }) => [...byKey.values()].filter((task) => task.keeps_awake).length,
  );
  if (keeps === 0) return null;
  return (
    <Tooltip text={en.strip.awakeHint(keeps)}>
      <span className={css.awake}>
        <Icon name="awake" />
        <span className={css.word}>{en.strip.awake}</span>
      </span>
    </Tooltip>
  );
}
