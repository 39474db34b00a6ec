import { Input, Toggle } from "~/look";
import css from "./QuietHours.module.css";
import { Row } from "./Row";

type Quiet = { from: string; to: string };

type Props = {
  words: { quiet: string; quietHint: string; from: string; to: string };
  /** Times of day, with seconds or without. */
  quiet: Quiet | undefined;
  set(quiet: Quiet | undefined): void;
};

/** Between which times nothing is told. */
export function QuietHours({ words, quiet, set }: Props) {
  return (
    <Row title={words.quiet} hint={words.quietHint}>
      {quiet &&
        (["from", "to"] as const).map((end) => (
          <span key={end} className={css.time}>
            {words[end]}
            <Input
              type="time"
              aria-label={`${words.quiet} ${words[end]}`}
              value={quiet[end].slice(0, 5)}
              onChange={({ target }) => target.value && set({ ...quiet, [end]: target.value })}
            />
          </span>
        ))}
      <Toggle
        aria-label={words.quiet}
        checked={quiet !== undefined}
        onChange={(isOn) => set(isOn ? { from: "22:00", to: "07:00" } : undefined)}
      />
    </Row>
  );
}
