import { Button } from "~/look";
import { useHost } from "~/state/app";
import { en } from "~/words";
import { Row, Rows } from "./Row";

/** How this page came in. */
export function AccessPart() {
  const { access } = useHost().capabilities;
  return (
    <Rows>
      <Row title={en.settings.accessOpen}>
        <Button kind="danger" onClick={() => access?.leave()}>
          {en.settings.leave}
        </Button>
      </Row>
    </Rows>
  );
}
