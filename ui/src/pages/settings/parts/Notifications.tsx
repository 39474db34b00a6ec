import { Button, Toggle } from "~/look";
import type { Notifications as System } from "~/platform/host";
import { useHost } from "~/state/app";
import { usePreferences } from "~/state/hooks";
import { useReadable } from "~/state/store";
import { settings } from "~/words/en.settings";
import { QuietHours } from "./QuietHours";
import { Groups, Row, Rows } from "./Row";

const words = settings.notifications;

/** What is told by notifications of the system, and when not. */
export function Notifications() {
  const { notifications } = useHost().capabilities;
  return notifications ? <Allowed system={notifications} /> : null;
}

function Allowed({ system }: { system: System }) {
  const state = useReadable(system);
  const [{ notify }, set] = usePreferences();
  if (state === "denied") {
    return (
      <Rows>
        <Row health="note" title={words.denied} hint={words.deniedHint} />
      </Rows>
    );
  }
  if (state === "not_asked") {
    return (
      <Rows>
        <Row title={words.on} hint={words.allowHint}>
          <Button kind="primary" onClick={() => void system.allow()}>
            {words.allow}
          </Button>
        </Row>
      </Rows>
    );
  }
  return (
    <Groups>
      <Rows>
        <Row title={words.on} hint={words.onHint}>
          <Button
            small
            kind="quiet"
            onClick={() => system.show({ id: "try", title: words.tryTitle, body: words.tryBody })}
          >
            {words.try}
          </Button>
          <Toggle
            aria-label={words.on}
            checked={notify.isOn}
            onChange={(isOn) => set({ notify: { ...notify, isOn } })}
          />
        </Row>
      </Rows>
      {notify.isOn && <Which />}
    </Groups>
  );
}

function Which() {
  const [{ notify }, set] = usePreferences();
  return (
    <>
      <Rows title={words.which}>
        {Object.entries(words.kinds).map(([kind, [title, hint]]) => (
          <Row key={kind} title={title} hint={hint}>
            <Toggle
              aria-label={title}
              checked={notify.kinds[kind] ?? true}
              onChange={(on) => set({ notify: { ...notify, kinds: { ...notify.kinds, [kind]: on } } })}
            />
          </Row>
        ))}
        <Row title={words.digest} hint={words.digestHint}>
          <Toggle
            aria-label={words.digest}
            checked={notify.digest}
            onChange={(digest) => set({ notify: { ...notify, digest } })}
          />
        </Row>
      </Rows>
      <Rows>
        <QuietHours
          words={words}
          quiet={notify.quiet}
          set={(quiet) => set({ notify: { ...notify, quiet } })}
        />
      </Rows>
    </>
  );
}
