import { useState } from "react";
import { Button, Untrusted } from "~/look";
import { bytes } from "~/words";
import { talk } from "~/words/en.talk";

/** Characters of a message that are drawn before a person asks for all. */
const SHORT = 2000;
/** More are drawn piece by piece: a message may have 16 MiB. */
const PIECE = 200_000;

/** The text of a message. A long one is cut until a person asks for more. */
export function Body({ text }: { text: string }) {
  const [shown, setShown] = useState(SHORT);
  if (text.length <= SHORT) return <Untrusted text={text} links />;
  const isAll = shown >= text.length;
  return (
    <>
      <Untrusted text={isAll ? text : `${text.slice(0, shown)}…`} links />{" "}
      <Button small kind="quiet" onClick={() => setShown(isAll ? SHORT : Math.max(shown, 0) + PIECE)}>
        {isAll ? talk.less : talk.more(bytes(text.length))}
      </Button>
    </>
  );
}
