import { useState } from "react";
import { performById } from "~/actions";
import { Button } from "~/look";
import { useApp } from "~/state/app";
import { en } from "~/words";

/** Starts the demo, and goes to its task. */
export function DemoButton({ kind }: { kind?: "quiet" }) {
  const app = useApp();
  const [isPending, setPending] = useState(false);
  const start = async () => {
    setPending(true);
    await performById("go.demo", app);
    setPending(false);
  };
  return (
    <Button kind={kind} pending={isPending} onClick={() => void start()}>
      {en.actions.demo}
    </Button>
  );
}
