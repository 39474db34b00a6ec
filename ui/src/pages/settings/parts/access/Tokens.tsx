import { useState } from "react";
import { ask } from "~/actions/overlay";
import { Button, Copyable, ErrorState, Relative, Skeleton, toast, Untrusted } from "~/look";
import type { Schema } from "~/platform/operations";
import { useApp, useHost } from "~/state/app";
import { useResource } from "~/state/hooks";
import { settings } from "~/words/en.settings";
import { Block, Groups, Hint, Row, Rows } from "../Row";
import { NewToken } from "./NewToken";

const words = settings.access;
/** The token of the commands on the server's own machine. */
const LOCAL = "local";

/** Who may use this server: a token is told once, and can be taken back. */
export function Tokens() {
  const host = useHost();
  const { resources } = useApp();
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<Schema<"PageToken">>();
  const { data, problem } = useResource("tokens", () => host.request("tokens_tokens", {}));
  const again = () => resources.invalidate("tokens");
  if (problem && !data) return <ErrorState small problem={problem} retry={again} />;
  if (!data) return <Skeleton />;
  const add = !isAdding && (
    <Button small onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  const added = (token: Schema<"PageToken">) => {
    setAdding(false);
    setMade(token);
    again();
  };
  return (
    <Groups>
      <Rows title={words.tokens} action={add}>
        {isAdding && <NewToken onMade={added} onClose={() => setAdding(false)} />}
        {made && <Once token={made} onClose={() => setMade(undefined)} />}
        {data.items.map((token) => (
          <TokenRow key={token.name} token={token} />
        ))}
      </Rows>
      <Rows>
        <Block>
          <Hint>{words.remote}</Hint>
          <Copyable block text={`export CONDUCTOR_SERVER=${location.origin} CONDUCTOR_TOKEN=…`} />
        </Block>
      </Rows>
    </Groups>
  );
}

function Once({ token: { name, token }, onClose }: { token: Schema<"PageToken">; onClose: () => void }) {
  return (
    <Block>
      <b>{words.once(name)}</b>
      <Copyable block text={token} />
      <Hint>{words.onceHint}</Hint>
      <div>
        <Button onClick={onClose}>{words.done}</Button>
      </div>
    </Block>
  );
}

function TokenRow({ token: { name, allows, created_at } }: { token: Schema<"TokenView"> }) {
  const host = useHost();
  const { resources } = useApp();
  const revoke = () =>
    ask({
      title: words.revokeTitle(name),
      text: (
        <>
          <p>{words.revokeText(name)}</p>
          {allows === "full" && <p>{words.revokeOwn}</p>}
        </>
      ),
      confirm: words.revokeConfirm,
      danger: true,
      run: async () => {
        await host.request("tokens_revoke_token", { path: { name } });
        toast(words.revoked(name));
        resources.invalidate("tokens");
      },
    });
  return (
    <Row
      title={<Untrusted text={name} />}
      hint={
        <>
          {name === LOCAL && `${host.capabilities.ownWindow ? words.localHere : words.local} · `}
          {scope(allows)} · {words.made} <Relative at={created_at} />
        </>
      }
    >
      {name !== LOCAL && (
        <Button small kind="quiet" aria-label={`${words.revoke} ${name}`} onClick={revoke}>
          {words.revoke}
        </Button>
      )}
    </Row>
  );
}

function scope(allows: string): string {
  if (allows === "full" || allows === "read") return words[allows];
  return words.task(allows.replace(/^task /, ""));
}
