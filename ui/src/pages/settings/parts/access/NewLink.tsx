import { lazy, Suspense, useState } from "react";
import { Button, Copyable, ErrorState, Skeleton } from "~/look";
import type { Schema } from "~/platform/operations";
import { asProblem, type Problem } from "~/platform/problem";
import { useApp, useHost } from "~/state/app";
import { useNow } from "~/state/ticker";
import { span } from "~/words";
import { settings } from "~/words/en.settings";
import { Block, Hint, Row, Rows } from "../Row";

const QrCode = lazy(() => import("./QrCode"));
const words = settings.access;

type Made = { link: Schema<"PageLink">; until: number };

/** A link that lets another device in, once; as a QR code where the server can be reached from it. */
export function NewLink() {
  const host = useHost();
  const { resources } = useApp();
  const [made, setMade] = useState<Made>();
  const [problem, setProblem] = useState<Problem>();
  const [isPending, setPending] = useState(false);
  const make = async () => {
    setPending(true);
    setProblem(undefined);
    try {
      const link = await host.request("tokens_issue", {});
      setMade({ link, until: host.now() + link.expires_in * 1000 });
      resources.invalidate("tokens");
    } catch (reason) {
      setProblem(asProblem(reason));
    }
    setPending(false);
  };
  return (
    <Rows>
      <Row title={words.link} hint={words.linkHint}>
        <Button pending={isPending} onClick={() => void make()}>
          {made ? words.another : words.make}
        </Button>
      </Row>
      {problem && <ErrorState small problem={problem} />}
      {made && <Link made={made} />}
    </Rows>
  );
}

function Link({ made: { link, until } }: { made: Made }) {
  const left = until - useNow();
  if (left <= 0) {
    return (
      <Block>
        <Hint>{words.expired}</Hint>
      </Block>
    );
  }
  const pairing = link.pairing_url;
  return (
    <Block>
      {pairing ? (
        <>
          <Hint>{words.scan}</Hint>
          <Suspense fallback={<Skeleton />}>
            <QrCode text={pairing} label={words.qr} />
          </Suspense>
          <Copyable block text={pairing} />
        </>
      ) : (
        <>
          <Copyable block text={link.url} />
          <Hint>{words.here}</Hint>
          <Copyable block text="run-agent serve --lan" />
        </>
      )}
      <Hint>{words.expires(span(left))}</Hint>
    </Block>
  );
}
