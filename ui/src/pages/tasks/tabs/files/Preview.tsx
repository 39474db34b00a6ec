import { type ReactNode, useEffect, useMemo, useState } from "react";
import { EmptyState, ErrorState, Skeleton } from "~/look";
import { pictureType, useObjectUrl } from "~/look/picture";
import { OpenPath } from "~/parts/OpenPath";
import type { FilePart } from "~/platform/host";
import { asProblem, isAborted, type Problem } from "~/platform/problem";
import { useHost } from "~/state/app";
import { useDetail } from "~/state/hooks";
import type { TaskRef } from "~/state/keys";
import { bytes, en } from "~/words";
import { reading } from "~/words/en.reading";
import { Download } from "../log/Download";
import { LogView } from "../log/LogView";
import { fileSource, type Source } from "../log/source";
import { Reading, Space } from "../reading/Bar";
import css from "./Files.module.css";

/** Larger pictures are not drawn. */
const LARGEST = 40 * 1024 * 1024;
const SNIFFED = 8 * 1024;

type Props = { task: TaskRef; run: string | undefined; name: string; size: number | undefined };

/** What is in a file: text, a picture, or what can be said of it. */
export function Preview({ task, run, name, size }: Props) {
  const host = useHost();
  const source = useMemo(() => fileSource(host, task, run, name), [host, task, run, name]);
  const folder = useDetail(task).data?.path;
  const path = run === undefined ? name : `runs/${run}/${name}`;
  const editor = <OpenPath path={path} folder={folder} />;
  const picture = pictureType(name);
  if (picture && (size ?? 0) <= LARGEST) return <Picture source={source} type={picture} editor={editor} />;
  return <TextOrNot source={source} editor={editor} />;
}

type Shown = {
  source: Source;
  /** Opens the file in the editor. */
  editor: ReactNode;
};

function TextOrNot({ source, editor }: Shown) {
  const { part, problem } = usePart(source, { from: 0, to: SNIFFED });
  if (problem) return <ErrorState problem={problem} />;
  if (!part) return <Skeleton lines={6} />;
  if (!part.bytes.includes(0)) {
    return (
      <LogView source={source} isFromStart empty={{ title: reading.files.empty }}>
        {editor}
      </LogView>
    );
  }
  return (
    <EmptyState
      title={en.reading.log.binary(bytes(part.total))}
      actions={
        <>
          <Download source={source} />
          {editor}
        </>
      }
    >
      {source.name}
    </EmptyState>
  );
}

function Picture({ source, type, editor }: Shown & { type: string }) {
  const { part, problem } = usePart(source);
  const url = useObjectUrl(part?.bytes, type);
  const [isBroken, setBroken] = useState(false);
  if (problem) return <ErrorState problem={problem} />;
  if (!part || !url) return <Skeleton lines={6} />;
  if (isBroken) return <TextOrNot source={source} editor={editor} />;
  const bar = (
    <>
      {editor}
      <span className={css.note}>{bytes(part.total)}</span>
      <Space />
      <Download source={source} />
    </>
  );
  return (
    <Reading bar={bar}>
      <div className={css.stage}>
        <img
          src={url}
          alt={reading.files.picture(source.name)}
          className={css.picture}
          onError={() => setBroken(true)}
        />
      </div>
    </Reading>
  );
}

type Told = { part?: FilePart; problem?: Problem };

/** A part of a file; all of it where no range is given. */
function usePart(source: Source, range?: { from: number; to: number }): Told {
  const [told, setTold] = useState<Told & { key: string }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a range is told by its ends.
  useEffect(() => {
    const control = new AbortController();
    source.read(range ?? { from: 0 }, control.signal).then(
      (part) => setTold({ key: source.key, part }),
      (error: unknown) => {
        if (!isAborted(error)) setTold({ key: source.key, problem: asProblem(error) });
      },
    );
    return () => control.abort();
  }, [source, range?.from, range?.to]);
  return told?.key === source.key ? told : {};
}
