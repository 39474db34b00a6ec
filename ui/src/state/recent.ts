import { useEffect, useState } from "react";
import type { AgentEvent } from "~/platform/operations";
import { plainLine, toolSentence } from "~/words";
import { useApp } from "./app";
import { inStep } from "./batch";
import { useDetail } from "./hooks";
import { keyOf, type TaskRef } from "./keys";
import { useSelected } from "./store";
import { followTail, readTail } from "./tail";

/** A line of what an agent did last. `now`: it does that. */
export type Line = { id: number; text: string; tone: "said" | "did" | "failed" | "now" };

/** Lines that are kept. */
const MOST = 8;

/** What the agent of a task that is at work did last, live while it is shown. */
export function useLiveLines(ref: TaskRef): readonly Line[] {
  const { host, runs } = useApp();
  const run = useSelected(runs.value, (all) => all.get(keyOf(ref)));
  const id = run?.run;
  const [told, setTold] = useState<{ run: string; lines: readonly Line[] }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told by its id; the rest of it changes.
  useEffect(() => {
    if (!run) return;
    const recent = new Recent();
    // Text may flow faster than anybody reads.
    const publish = inStep(() => setTold({ run: run.run, lines: recent.lines() }));
    const leave = followTail(host, run, (events) => {
      for (const event of events) recent.add(event);
      publish();
    });
    return () => {
      publish.cancel();
      leave();
    };
  }, [host, id]);
  return told && told.run === id ? told.lines : NONE;
}

/** What the last run of a task that waits or has ended did last. */
export function useLastLines(ref: TaskRef): readonly Line[] {
  const { host } = useApp();
  const run = useDetail(ref).data?.run_list.at(-1);
  const id = run?.run;
  const [told, setTold] = useState<{ run: string; lines: readonly Line[] }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is told by its id.
  useEffect(() => {
    if (!run) return;
    let isOver = false;
    readTail(host, run)
      .then((events) => {
        const recent = new Recent();
        for (const event of events) recent.add(event);
        if (!isOver) setTold({ run: run.run, lines: recent.lines(false) });
      })
      // A run that never began has no events.
      .catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [host, id]);
  return told && told.run === id ? told.lines : NONE;
}

const NONE: readonly Line[] = [];

/** Gathers lines of events, as many as are shown. */
export class Recent {
  #lines: Line[] = [];
  /** The call whose result is not there yet. */
  #call: string | undefined;
  #number = 0;
  /** The line that is not over yet, as it was said, and its number where it is shown. */
  #open: { text: string; id?: number } | undefined;

  add(event: AgentEvent): void {
    if (event.event !== "text") this.#open = undefined;
    switch (event.event) {
      case "text":
        this.#said(event.text, event.delta ?? false);
        break;
      case "tool_call":
        this.#call = event.id;
        this.#push(toolSentence(event.name, event.input), "did");
        break;
      case "tool_result":
        if (event.id === this.#call) this.#call = undefined;
        if (event.is_error) this.#push(lastLine(event.output), "failed");
        break;
      case "error":
        this.#push(event.message, "failed");
        break;
    }
  }

  lines(isAtWork = true): readonly Line[] {
    const last = this.#lines.at(-1);
    if (!isAtWork || !last || this.#call === undefined || last.tone !== "did") return this.#lines;
    return [...this.#lines.slice(0, -1), { ...last, tone: "now" }];
  }

  #said(text: string, isMore: boolean): void {
    this.#call = undefined;
    const open = isMore ? this.#open : undefined;
    if (open?.id !== undefined) this.#lines = this.#lines.slice(0, -1);
    const all = ((open?.text ?? "") + text).split("\n");
    const lines = all.slice(-MOST);
    lines.forEach((line, index) => {
      const id = index === 0 && all.length === lines.length ? open?.id : undefined;
      this.#push(tail(plainLine(line)), "said", id);
    });
    const last = tail(lines.at(-1) ?? "");
    this.#open = { text: last, id: plainLine(last).trim() === "" ? undefined : this.#lines.at(-1)?.id };
  }

  #push(text: string, tone: Line["tone"], id = this.#number++): void {
    if (text.trim() === "") return;
    this.#lines = [...this.#lines, { id, text, tone }].slice(-MOST);
  }
}

/** More of a text than this is not seen. */
function tail(text: string): string {
  return text.length > 400 ? `…${text.slice(-399)}` : text;
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
