import type { components, operations } from "./api.gen";
import type { OPERATIONS } from "./operations.gen";

/** The wire types of the core, by name: `Schema<"TaskView">`. */
export type Schema<N extends keyof components["schemas"]> = components["schemas"][N];

export type TaskView = Schema<"TaskView">;
export type TaskDetail = Schema<"TaskDetail">;
export type TaskStatus = Schema<"TaskStatus">;
export type RunView = Schema<"RunView">;
export type RunStatus = Schema<"RunStatus">;
export type ProjectView = Schema<"ProjectView">;
export type AttentionItem = Schema<"AttentionItem">;
export type Message = Schema<"Message">;
export type AgentEvent = Schema<"Event">;
export type Topic = Schema<"Topic">;

/** An operation of the core, by its id in docs/openapi.json. */
export type Operation = keyof typeof OPERATIONS & keyof operations;

type Part<T, K extends string> = T extends { [P in K]: infer V }
  ? { [P in K]: V }
  : T extends { [P in K]?: infer V }
    ? [V] extends [undefined]
      ? unknown
      : { [P in K]?: Exclude<V, undefined> }
    : unknown;

type BodyOf<T> = T extends { content: { "application/json": infer V } } ? V : Blob;

type BodyPart<T> = T extends { requestBody: infer B }
  ? { body: BodyOf<B> }
  : T extends { requestBody?: infer B }
    ? [B] extends [undefined]
      ? unknown
      : { body?: BodyOf<Exclude<B, undefined>> }
    : unknown;

/** What an operation takes: names in its path, its query, its body. */
export type Input<O extends Operation> = Part<operations[O]["parameters"], "path"> &
  Part<operations[O]["parameters"], "query"> &
  BodyPart<operations[O]> & {
    /** The same key makes the same task once. */
    idempotencyKey?: string;
    /** Where the answer of before still holds it is given again, the very same. */
    reuse?: boolean;
    signal?: AbortSignal;
  };

type Success<R> = R extends { 200: infer T }
  ? T
  : R extends { 201: infer T }
    ? T
    : R extends { 202: infer T }
      ? T
      : undefined;

/** What an operation answers. */
export type Output<O extends Operation> =
  Success<operations[O]["responses"]> extends { content: { "application/json": infer V } } ? V : undefined;

/** What of an input a host sees that does not know the operation's type. */
export type AnyInput = {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  reuse?: boolean;
  signal?: AbortSignal;
};
