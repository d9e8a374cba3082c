/**
 * Where rows stand. Heights are measured where a row was drawn and estimated elsewhere.
 * Offsets are counted again only from the first row that changed.
 */
export class Layout {
  private keys: readonly string[] = [];
  private index = new Map<string, number>();
  private readonly heights = new Map<string, number>();
  private offsets = new Float64Array(1);
  private validUpTo = 0;

  constructor(private readonly estimate: (key: string, index: number) => number) {}

  get count(): number {
    return this.keys.length;
  }

  setKeys(keys: readonly string[]): void {
    this.keys = keys;
    this.index = new Map(keys.map((key, at) => [key, at]));
    if (this.index.size !== keys.length) throw new Error('rows need different keys');
    this.offsets = new Float64Array(keys.length + 1);
    this.validUpTo = 0;
    if (this.heights.size > 4 * keys.length + 1_000) this.prune();
  }

  /** Forgets heights, for when the width or the text size changed. */
  forgetHeights(): void {
    this.heights.clear();
    this.validUpTo = 0;
  }

  /** Drops heights of rows that are not in the list. */
  private prune(): void {
    for (const key of this.heights.keys()) if (!this.index.has(key)) this.heights.delete(key);
  }

  keyAt(index: number): string | undefined {
    return this.keys[index];
  }

  indexOf(key: string): number {
    return this.index.get(key) ?? -1;
  }

  isMeasured(key: string): boolean {
    return this.heights.has(key);
  }

  height(index: number): number {
    const key = this.keys[index];
    if (key === undefined) return 0;
    return this.heights.get(key) ?? this.estimate(key, index);
  }

  /** True if the height is another than before. */
  measure(key: string, height: number): boolean {
    const at = this.index.get(key);
    if (at === undefined) return false;
    const old = this.heights.get(key);
    if (old !== undefined && Math.abs(old - height) < 0.01) return false;
    this.heights.set(key, height);
    this.validUpTo = Math.min(this.validUpTo, at);
    return true;
  }

  /** The top of a row; of the row behind the last: the height of everything. */
  offset(index: number): number {
    const wanted = Math.max(0, Math.min(index, this.keys.length));
    for (let at = this.validUpTo; at < wanted; at += 1) {
      this.offsets[at + 1] = (this.offsets[at] ?? 0) + this.height(at);
    }
    this.validUpTo = Math.max(this.validUpTo, wanted);
    return this.offsets[wanted] ?? 0;
  }

  get total(): number {
    return this.offset(this.keys.length);
  }

  /** The row at a distance from the top; the first or last beyond the ends; -1 without rows. */
  indexAt(distance: number): number {
    const count = this.keys.length;
    if (count === 0) return -1;
    // All offsets are needed to search among them.
    this.offset(count);
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.offsets[middle] ?? 0) <= distance) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
