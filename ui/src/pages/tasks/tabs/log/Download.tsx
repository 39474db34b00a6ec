import { useEffect, useRef, useState } from "react";
import { Button, toastProblem } from "~/look";
import { reading } from "~/words/en.reading";
import { download } from "./download";
import type { Source } from "./source";

/** Gives a file to the browser to keep; pressed again, it is cancelled. */
export function Download({ source }: { source: Source }) {
  const [part, setPart] = useState<number>();
  const control = useRef<AbortController>(undefined);
  useEffect(() => () => control.current?.abort(), []);
  const begin = async () => {
    const mine = new AbortController();
    control.current = mine;
    setPart(0);
    try {
      await download(source, setPart, mine.signal);
    } catch (error) {
      toastProblem(error);
    } finally {
      setPart(undefined);
    }
  };
  if (part === undefined) {
    return (
      <Button small kind="quiet" onClick={() => void begin()}>
        {reading.log.download}
      </Button>
    );
  }
  return (
    <Button small kind="quiet" title={reading.log.cancel} onClick={() => control.current?.abort()}>
      {reading.log.downloading(Math.floor(part * 100))}
    </Button>
  );
}
