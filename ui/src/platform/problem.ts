/**
 * Why the core, or the way to it, did not do what was asked. Branch on `code` alone: the words of
 * docs/api.md, `unreachable` where nobody answered, and `late` where another was first: that is no failure.
 */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = "Problem";
  }
}

/** Any thrown thing as a problem, its own words kept. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Error) return new Problem("unreachable", error.message);
  return new Problem("unreachable", String(error));
}

export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
