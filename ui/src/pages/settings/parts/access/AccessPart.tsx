import { ask } from "~/actions/overlay";
import { Button, Toggle } from "~/look";
import type { Access } from "~/platform/host";
import { useHost } from "~/state/app";
import { useMayChange } from "~/state/hooks";
import { useReadable } from "~/state/store";
import { settings } from "~/words/en.settings";
import { Groups, Row, Rows } from "../Row";
import { NewLink } from "./NewLink";
import { Tokens } from "./Tokens";

const words = settings.access;

/** How this page came in, how others do, and who may. */
export function AccessPart() {
  const { access } = useHost().capabilities;
  const mayChange = useMayChange();
  const forget = () =>
    ask({
      title: words.forgetTitle,
      text: words.forgetText,
      confirm: words.forget,
      danger: true,
      run: async () => access?.leave(),
    });
  return (
    <Groups>
      {access && (
        <Rows>
          <Row title={words.page} hint={mayChange ? words.pageFull : words.pageRead}>
            <Button kind="quiet" onClick={forget}>
              {words.forget}
            </Button>
          </Row>
          <Stay access={access} />
        </Rows>
      )}
      {mayChange && <NewLink />}
      {mayChange && <Tokens />}
    </Groups>
  );
}

function Stay({ access }: { access: Access }) {
  const stays = useReadable(access.stays);
  return (
    <Row title={words.stay} hint={words.stayHint}>
      <Toggle aria-label={words.stay} checked={stays} onChange={(on) => access.stay(on)} />
    </Row>
  );
}
