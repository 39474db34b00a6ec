type Answer = { tag: string; answer: unknown };

/** Answers that are kept. */
const MOST = 8;

/** The last answers of some addresses, with the tags by which the core tells whether they still hold. */
export class Known {
  readonly #answers = new Map<string, Answer>();

  of(address: string): Answer | undefined {
    return this.#answers.get(address);
  }

  keep(address: string, tag: string | null, answer: unknown): void {
    this.#answers.delete(address);
    if (tag) this.#answers.set(address, { tag, answer });
    for (const first of this.#answers.keys()) {
      if (this.#answers.size <= MOST) return;
      this.#answers.delete(first);
    }
  }
}
