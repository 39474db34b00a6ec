import { Segments } from "~/look";
import { usePreferences } from "~/state/hooks";
import type { Theme } from "~/state/preferences";
import { en } from "~/words";
import { Row, Rows } from "./Row";

const THEMES: { value: Theme; title: string }[] = [
  { value: "system", title: en.settings.themes.system },
  { value: "light", title: en.settings.themes.light },
  { value: "dark", title: en.settings.themes.dark },
];

export function Appearance() {
  const [{ theme }, set] = usePreferences();
  return (
    <Rows>
      <Row title={en.settings.theme}>
        <Segments
          label={en.settings.theme}
          value={theme}
          options={THEMES}
          onChange={(next) => set({ theme: next })}
        />
      </Row>
    </Rows>
  );
}
