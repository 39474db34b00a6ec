import type { Access, AccessState, ByteRange, Capabilities, FileOperation, FilePart, Host } from "../host";
import { Hub } from "../live/hub";
import type { AnyInput, Input, Operation, Output } from "../operations";
import { Problem } from "../problem";
import { Value } from "../value";
import { HANDLERS } from "./handlers";
import { FakeTransport } from "./transport";
import type { World } from "./world";

/** A core in memory. */
export class FakeHost implements Host {
  readonly capabilities: Capabilities;
  readonly live: Hub;
  readonly transport: FakeTransport;
  readonly failed = new Value<Problem | undefined>(undefined);
  /** What every request is refused with while it is set: a root that is gone, a configuration that is wrong. */
  fault: Problem | undefined;
  /** What was asked, in order. */
  readonly asked: { operation: Operation; input: AnyInput }[] = [];
  readonly #access = new FakeAccess();

  constructor(
    readonly world: World,
    capabilities: Capabilities = { openLink: async () => undefined },
  ) {
    this.transport = new FakeTransport(world);
    this.live = new Hub(this.transport, world.clock);
    this.capabilities = { access: this.#access, ...capabilities };
  }

  async start(): Promise<void> {}

  stop(): void {
    this.live.stop();
  }

  now(): number {
    return this.world.clock.now();
  }

  /** Makes the page one that may only look. */
  lookOnly(): void {
    this.#access.state.set({ state: "open", mayChange: false });
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
    this.#reach();
    if (this.fault) throw this.fault;
    const { signal, reuse: _reuse, ...given } = input as AnyInput;
    this.asked.push({ operation, input: given });
    const handler = HANDLERS[operation];
    if (!handler) throw new Problem("not_found", `the fake core does not do ${operation}`);
    await Promise.resolve();
    signal?.throwIfAborted();
    return structuredClone(await handler(this.world, input)) as Output<O>;
  }

  async file<O extends FileOperation>(_operation: O, input: Input<O>, range?: ByteRange): Promise<FilePart> {
    this.#reach();
    const { path = {} } = input as AnyInput;
    const name = [path.project, path.task, path.run, path.name]
      .filter((part) => part !== undefined)
      .join("/");
    const file = this.world.files.get(name);
    if (!file) throw new Problem("not_found", `${path.name}: no such file`);
    const total = file.size;
    const from = !range ? 0 : "last" in range ? Math.max(0, total - range.last) : range.from;
    const to = (range && "to" in range ? range.to : undefined) ?? total;
    return { bytes: file.read(from, to), from, total, type: "text/plain; charset=utf-8" };
  }

  #reach(): void {
    if (this.transport.isCut) throw new Problem("unreachable", "the server does not answer");
  }
}

class FakeAccess implements Access {
  readonly state = new Value<AccessState>({ state: "open", mayChange: true });
  get = () => this.state.get();
  watch = (listener: () => void) => this.state.watch(listener);

  readonly stays = new Value(false);

  async use(_link: string, stays = false): Promise<void> {
    this.stay(stays);
    this.state.set({ ...this.get(), state: "open" });
  }

  stay(stays: boolean): void {
    this.stays.set(stays);
  }

  leave(): void {
    this.state.set({ ...this.get(), state: "needed" });
  }
}
