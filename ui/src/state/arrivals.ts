import { nextFrame, type Schedule } from './frames';
import type { StreamItem } from './message.svelte';

/** Pieces of answers that arrived since the last frame; they are shown together. */
export class Arrivals {
  private readonly queue = new Map<string, StreamItem[]>();
  private scheduled = false;

  constructor(
    /** Shows pieces of a message. False if one is missing or does not fit. */
    private readonly show: (id: string, items: readonly StreamItem[]) => boolean,
    /** Called once for all that was missing. */
    private readonly missed: () => void,
    private readonly schedule: Schedule = nextFrame,
  ) {}

  push(id: string, items: readonly StreamItem[]): void {
    const queued = this.queue.get(id);
    if (queued) queued.push(...items);
    else this.queue.set(id, [...items]);
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => this.flush());
  }

  /** Shows now what waits of one answer: it ended. */
  showNow(id: string): void {
    const items = this.queue.get(id);
    if (!items) return;
    this.queue.delete(id);
    this.show(id, items);
  }

  clear(): void {
    this.queue.clear();
  }

  private flush(): void {
    this.scheduled = false;
    let whole = true;
    for (const [id, items] of this.queue) whole = this.show(id, items) && whole;
    this.queue.clear();
    if (!whole) this.missed();
  }
}
