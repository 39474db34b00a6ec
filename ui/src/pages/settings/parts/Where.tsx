import { Button, Copyable, toastProblem } from "~/look";
import { useApp, useHost } from "~/state/app";
import { settings } from "~/words/en.settings";
import { fileOf, filesOf, type Settings } from "./config";
import { Block, Hint, Rows } from "./Row";

const words = settings.from;

/** Where a value came from, and the way there. */
export function Origin({ place }: { place: string | undefined }) {
  const { openInEditor } = useHost().capabilities;
  const file = fileOf(place);
  if (!place) return <>{words.builtIn}</>;
  return (
    <>
      {words.file}
      <Copyable text={place} shown={file && `${file.path.split("/").at(-1)}:${file.line}`} />
      {file && openInEditor && (
        <Button small kind="quiet" onClick={() => void openInEditor(file).catch(toastProblem)}>
          {words.openHere}
        </Button>
      )}
    </>
  );
}

function File({ path }: { path: string }) {
  const { openInEditor } = useHost().capabilities;
  return (
    <div>
      <Copyable text={path} />
      {openInEditor && (
        <Button small kind="quiet" onClick={() => void openInEditor({ path }).catch(toastProblem)}>
          {words.openHere}
        </Button>
      )}
    </div>
  );
}

/** Reads the configuration again, after somebody changed its file. */
export function ReadAgain() {
  const { resources } = useApp();
  return (
    <Button small kind="quiet" onClick={() => resources.invalidate("configuration")}>
      {words.again}
    </Button>
  );
}

/** How something of the configuration is changed: the core has no way but its file. */
export function HowToChange({ all, example }: { all: Settings; example: string }) {
  const { ownWindow } = useHost().capabilities;
  const files = filesOf(all);
  return (
    <Rows title={words.how}>
      <Block>
        {files.length === 0 ? (
          <>
            <Hint>{words.none}</Hint>
            <Copyable block text="run-agent config init" />
          </>
        ) : (
          files.map((path) => <File key={path} path={path} />)
        )}
        <Hint>{words.yaml}</Hint>
        <Copyable block text={example} />
        <Hint>{ownWindow ? words.restartHere : words.restart}</Hint>
      </Block>
    </Rows>
  );
}
