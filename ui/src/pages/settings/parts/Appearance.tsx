import { Segments } from "~/look";
import { usePreferences } from "~/state/hooks";
import type { Density, Theme } from "~/state/preferences";
import { en } from "~/words";
import { settings } from "~/words/en.settings";
import { Groups, Hint, Row, Rows } from "./Row";

const words = settings.appearance;

const THEMES: { value: Theme; title: string }[] = [
  { value: "system", title: en.settings.themes.system },
  { value: "light", title: en.settings.themes.light },
  { value: "dark", title: en.settings.themes.dark },
];
const DENSITIES: { value: Density; title: string }[] = [
  { value: "dense", title: words.densities.dense },
  { value: "airy", title: words.densities.airy },
];

export function Appearance() {
  const [{ theme, density }, set] = usePreferences();
  return (
    <Groups>
      <Rows>
        <Row title={words.theme}>
          <Segments
            label={words.theme}
            value={theme}
            options={THEMES}
            onChange={(next) => set({ theme: next })}
          />
        </Row>
        <Row title={words.density} hint={words.densityHint}>
          <Segments
            label={words.density}
            value={density}
            options={DENSITIES}
            onChange={(next) => set({ density: next })}
          />
        </Row>
      </Rows>
      <Hint>{words.motion}</Hint>
    </Groups>
  );
}
