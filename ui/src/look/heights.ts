/** Heights of many rows, with the place of each in a few steps (a Fenwick tree). */
export class Heights {
  #each = new Float64Array(0);
  #sums = new Float64Array(1);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get total(): number {
    return this.top(this.#count);
  }

  /** Begins anew with so many rows. */
  reset(count: number, heightOf: (index: number) => number): void {
    this.#count = 0;
    this.#reserve(count);
    this.#sums.fill(0);
    for (let index = 0; index < count; index += 1) {
      this.#each[index] = heightOf(index);
      this.#sums[index + 1] = (this.#sums[index + 1] ?? 0) + (this.#each[index] ?? 0);
      const next = index + 1 + ((index + 1) & -(index + 1));
      if (next < this.#sums.length) this.#sums[next] = (this.#sums[next] ?? 0) + (this.#sums[index + 1] ?? 0);
    }
    // What lies beyond the count takes part as rows without height.
    for (let place = count + 1; place < this.#sums.length; place += 1) {
      const next = place + (place & -place);
      if (next < this.#sums.length) this.#sums[next] = (this.#sums[next] ?? 0) + (this.#sums[place] ?? 0);
    }
    this.#count = count;
  }

  /** Adds rows at the end. */
  grow(count: number, heightOf: (index: number) => number): void {
    if (count > this.#each.length) {
      const before = this.#each;
      const had = this.#count;
      return this.reset(count, (index) => (index < had ? (before[index] ?? 0) : heightOf(index)));
    }
    for (let index = this.#count; index < count; index += 1) {
      this.#count = index + 1;
      this.set(index, heightOf(index));
    }
  }

  get(index: number): number {
    return this.#each[index] ?? 0;
  }

  set(index: number, height: number): void {
    const change = height - (this.#each[index] ?? 0);
    if (change === 0) return;
    this.#each[index] = height;
    for (let place = index + 1; place < this.#sums.length; place += place & -place) {
      this.#sums[place] = (this.#sums[place] ?? 0) + change;
    }
  }

  /** Pixels above a row. */
  top(index: number): number {
    let sum = 0;
    for (let place = index; place > 0; place -= place & -place) sum += this.#sums[place] ?? 0;
    return sum;
  }

  /** The row at so many pixels; the last one behind the end. */
  at(pixels: number): number {
    let place = 0;
    let left = pixels;
    for (let step = 1 << (31 - Math.clz32(this.#sums.length)); step > 0; step >>= 1) {
      const sum = this.#sums[place + step];
      if (place + step < this.#sums.length && sum !== undefined && sum <= left) {
        place += step;
        left -= sum;
      }
    }
    return Math.max(0, Math.min(place, this.#count - 1));
  }

  #reserve(count: number): void {
    if (count <= this.#each.length && this.#each.length <= 4 * count + 64) {
      this.#each.fill(0);
      return;
    }
    this.#each = new Float64Array(Math.max(64, count * 2));
    this.#sums = new Float64Array(this.#each.length + 1);
  }
}
