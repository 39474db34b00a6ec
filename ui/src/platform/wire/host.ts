import type { ByteRange, Capabilities, FileOperation, FilePart, Host } from "../host";
import { type Clock, Hub } from "../live/hub";
import type { Transport } from "../live/transport";
import type { AnyInput, Input, Operation, Output } from "../operations";
import { OPERATIONS } from "../operations.gen";
import { Problem } from "../problem";
import { Value } from "../value";
import { Known } from "./known";
import { address, NOT_MODIFIED, send, type Way } from "./send";

/** A core that is asked as docs/api.md says. How requests and streams come to it is all that hosts differ in. */
export abstract class WireHost implements Host {
  abstract readonly capabilities: Capabilities;
  readonly live: Hub;
  readonly failed = new Value<Problem | undefined>(undefined);
  readonly #known = new Known();

  constructor(
    readonly way: Way,
    transport: Transport,
    clock?: Clock,
  ) {
    this.live = new Hub(transport, clock);
  }

  abstract start(): Promise<void>;

  stop(): void {
    this.live.stop();
  }

  now(): number {
    return Date.now();
  }

  async request<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    try {
      return await this.#ask(operation, input);
    } catch (error) {
      if (error instanceof Problem) this.failed.set(error);
      throw error;
    }
  }

  async #ask<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    const given = input as AnyInput;
    const where = given.reuse ? address(OPERATIONS[operation][1], given) : "";
    const known = this.#known.of(where);
    const response = await send(this.way, operation, given, known && { "If-None-Match": known.tag });
    if (known && response.status === NOT_MODIFIED) return known.answer as Output<O>;
    const type = response.headers.get("Content-Type") ?? "";
    const answer = type.includes("json") ? await response.json() : undefined;
    if (given.reuse) this.#known.keep(where, response.headers.get("ETag"), answer);
    return answer as Output<O>;
  }

  async file<O extends FileOperation>(operation: O, input: Input<O>, range?: ByteRange): Promise<FilePart> {
    try {
      const headers = range && { Range: rangeHeader(range) };
      const response = await send(this.way, operation, input as AnyInput, headers);
      return partOf(response, new Uint8Array(await response.arrayBuffer()));
    } catch (error) {
      // Of an empty file, or behind its end, there are no bytes: that is no failure.
      if (!(error instanceof Problem) || error.code !== "range_not_satisfiable") throw error;
      const from = range && "from" in range ? range.from : 0;
      return { bytes: new Uint8Array(), from, total: from, type: "text/plain" };
    }
  }
}

function rangeHeader(range: ByteRange): string {
  if ("last" in range) return `bytes=-${range.last}`;
  return `bytes=${range.from}-${range.to === undefined ? "" : range.to - 1}`;
}

function partOf(response: Response, bytes: Uint8Array): FilePart {
  const type = response.headers.get("Content-Type") ?? "application/octet-stream";
  const told = /bytes (\d+)-\d+\/(\d+)/.exec(response.headers.get("Content-Range") ?? "");
  return { bytes, from: Number(told?.[1] ?? 0), total: Number(told?.[2] ?? bytes.length), type };
}
