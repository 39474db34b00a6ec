import { useCallback, useEffect, useRef, useState } from "react";
import type { Schema } from "~/platform/operations";
import { asProblem, isAborted } from "~/platform/problem";
import { useHost } from "~/state/app";
import { keyOf, type TaskRef } from "~/state/keys";
import { read, write } from "~/state/storage";
import { bytes } from "~/words";
import { write as words } from "~/words/en.write";

type Link = Schema<"Link">;

/** Bytes that the core takes of one file. */
export const MOST_BYTES = 20 * 1024 * 1024;

/** A file that goes with what is being written. With a `link` it is at the core, and outlives a reload. */
export type Attached = {
  id: string;
  name: string;
  size: number;
  link?: Link;
  error?: string;
  picture?: string;
};

type Attachments = {
  items: readonly Attached[];
  isUploading: boolean;
  add: (files: Iterable<File>) => void;
  remove: (id: string) => void;
  /** Forgets those that were sent. */
  clear: (sent: readonly Attached[]) => void;
};

/** The files of a task's draft: each is uploaded when it is added. */
export function useAttachments(ref: TaskRef): Attachments {
  const host = useHost();
  const { project, task } = ref;
  const name = `attached.${keyOf(ref)}`;
  const [items, setItems] = useState<readonly Attached[]>(() => read<Attached[]>(name) ?? []);
  const pictures = useRef<string[]>([]);
  useEffect(() => () => pictures.current.forEach(URL.revokeObjectURL), []);
  const change = useCallback(
    (to: (before: readonly Attached[]) => readonly Attached[]) =>
      setItems((before) => {
        const next = to(before);
        keep(name, next);
        return next;
      }),
    [name],
  );
  const upload = async (id: string, file: File) => {
    const told = (more: Partial<Attached>) =>
      change((all) => all.map((each) => (each.id === id ? { ...each, ...more } : each)));
    try {
      const path = { project, task };
      told({ link: await host.request("tasks_attach", { path, query: { name: file.name }, body: file }) });
    } catch (error) {
      if (!isAborted(error)) told({ error: asProblem(error).message });
    }
  };
  const add = (files: Iterable<File>) => {
    for (const file of files) {
      const item = itemOf(file);
      if (item.picture) pictures.current.push(item.picture);
      change((all) => [...all, item]);
      if (!item.error) void upload(item.id, file);
    }
  };
  return {
    items,
    isUploading: items.some(({ link, error }) => !link && !error),
    add,
    remove: (id) => change((all) => all.filter((each) => each.id !== id)),
    clear: (sent) => change((all) => all.filter(({ id }) => sent.every((each) => each.id !== id))),
  };
}

function itemOf(file: File): Attached {
  const { name, size } = file;
  const error = size > MOST_BYTES ? words.tooLarge(bytes(size)) : undefined;
  const picture = isPicture(name) && !error ? URL.createObjectURL(file) : undefined;
  return { id: crypto.randomUUID(), name, size, error, picture };
}

/** What is at the core is kept; the picture beside it lasts as long as the page. */
function keep(name: string, items: readonly Attached[]): void {
  const kept = items.filter(({ link }) => link).map(({ picture: _, ...rest }) => rest);
  write(name, kept.length > 0 ? kept : undefined);
}

/** Whether a browser draws it without running anything of it. */
export function isPicture(name: string): boolean {
  return /\.(png|jpe?g|gif|webp|avif|bmp)$/i.test(name);
}
