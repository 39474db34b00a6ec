const encoder = new TextEncoder();

/** A file in memory. */
export interface FakeFile {
  readonly size: number;
  /** Bytes from one place to before another. */
  read(from: number, to: number): Uint8Array;
}

/** A file that grows at its end. */
export class GrowingFile implements FakeFile {
  #bytes = new Uint8Array(256);
  size = 0;

  append(what: string | Uint8Array): void {
    const more = typeof what === "string" ? encoder.encode(what) : what;
    if (this.size + more.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.size + more.length));
      larger.set(this.#bytes.subarray(0, this.size));
      this.#bytes = larger;
    }
    this.#bytes.set(more, this.size);
    this.size += more.length;
  }

  read(from: number, to: number): Uint8Array {
    return this.#bytes.slice(from, Math.min(to, this.size));
  }
}

/** A file of as many lines of one length as wanted, made when they are read; what is appended comes after them. */
export class LinesFile extends GrowingFile {
  constructor(
    readonly lines: number,
    readonly width: number,
    readonly line: (number: number) => string,
  ) {
    super();
    this.#made = lines * width;
    this.size = this.#made;
  }

  readonly #made: number;
  readonly #tail = new GrowingFile();

  override append(what: string | Uint8Array): void {
    this.#tail.append(what);
    this.size = this.#made + this.#tail.size;
  }

  override read(from: number, to: number): Uint8Array {
    const end = Math.min(to, this.size);
    const out = new Uint8Array(Math.max(0, end - from));
    for (let at = from; at < Math.min(end, this.#made); ) {
      const number = Math.floor(at / this.width);
      const line = encoder.encode(
        `${this.line(number)
          .padEnd(this.width - 1)
          .slice(0, this.width - 1)}\n`,
      );
      const part = line.subarray(at - number * this.width, Math.min(this.width, end - number * this.width));
      out.set(part, at - from);
      at += part.length;
    }
    if (end > this.#made) {
      const begin = Math.max(from, this.#made);
      out.set(this.#tail.read(begin - this.#made, end - this.#made), begin - from);
    }
    return out;
  }
}
