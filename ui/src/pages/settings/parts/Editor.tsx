import { useId, useState } from "react";
import { Button, Field, Input, Select, toastProblem } from "~/look";
import type { EditorAddress } from "~/platform/host";
import { asProblem } from "~/platform/problem";
import { useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { useReadable } from "~/state/store";
import { settings } from "~/words/en.settings";
import { Block, Hint, Row, Rows } from "./Row";

const words = settings.editor;

/** Addresses of editors that listen to one. */
const KNOWN: Record<string, string> = {
  "VS Code": "vscode://file/{file}:{line}",
  Cursor: "cursor://file/{file}:{line}",
  Windsurf: "windsurf://file/{file}:{line}",
  Zed: "zed://file/{file}:{line}",
  "IntelliJ IDEA": "idea://open?file={file}&line={line}",
};
const OWN = "own";

/** How this page opens files. */
export function Editor() {
  const { editorAddress } = useHost().capabilities;
  return editorAddress ? <Choice address={editorAddress} /> : null;
}

function Choice({ address }: { address: EditorAddress }) {
  const host = useHost();
  const template = useReadable(address);
  const [isOwn, setOwn] = useState(template !== "" && !Object.values(KNOWN).includes(template));
  const id = useId();
  const { data: status } = useResource("status", () => host.request("system_status", {}));
  const open = host.capabilities.openInEditor;
  const options = [
    { value: "", title: words.none },
    ...Object.entries(KNOWN).map(([title, value]) => ({ value, title })),
    { value: OWN, title: words.own },
  ];
  const choose = (value: string) => {
    setOwn(value === OWN);
    if (value !== OWN) address.set(value);
  };
  return (
    <>
      <Rows>
        <Row title={<label htmlFor={id}>{words.which}</label>}>
          <div>
            <Select id={id} value={isOwn ? OWN : template} options={options} onChange={choose} />
          </div>
          {open && status && (
            <Button onClick={() => void open({ path: status.path }).catch(toastProblem)}>{words.try}</Button>
          )}
        </Row>
        {isOwn && <OwnAddress address={address} />}
      </Rows>
      <Hint>{words.hint}</Hint>
    </>
  );
}

function OwnAddress({ address }: { address: EditorAddress }) {
  const [text, setText] = useState(address.get());
  const [error, setError] = useState<string>();
  const change = (next: string) => {
    setText(next);
    try {
      address.set(next);
      setError(undefined);
    } catch (reason) {
      setError(asProblem(reason).code === "usage" ? words.bad : asProblem(reason).message);
    }
  };
  return (
    <Block>
      <Field label={words.template} hint={words.templateHint} error={error}>
        {(named) => (
          <Input
            {...named}
            value={text}
            placeholder="vscode://file/{file}:{line}"
            onChange={(event) => change(event.target.value)}
          />
        )}
      </Field>
    </Block>
  );
}
