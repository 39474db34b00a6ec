import { ask } from "~/actions/overlay";
import { Button } from "~/look";
import { useHost } from "~/state/app";
import { useMayChange } from "~/state/hooks";
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
        </Rows>
      )}
      {mayChange && <NewLink />}
      {mayChange && <Tokens />}
    </Groups>
  );
}
