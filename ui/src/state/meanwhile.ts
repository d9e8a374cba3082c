import type { MessagePage } from '../ipc/generated/types';
import type { StreamEnd, StreamItem } from './message.svelte';

const MOST_ITEMS = 128;

/** What came of answers while a page on which they stand may have been on its way. */
export class Meanwhile {
  /** So many pages are on their way. */
  private readings = 0;
  private readonly items = new Map<string, StreamItem[]>();
  /** Answers that ended while one was: it may call them arriving. */
  private readonly ends = new Map<string, StreamEnd>();

  /** Asks for something that brings a page, which is shown right after. */
  async asking<T extends { page: MessagePage | null }>(ask: () => Promise<T>): Promise<T> {
    if (this.readings === 0) {
      for (const id of this.ends.keys()) this.items.delete(id);
      this.ends.clear();
    }
    this.readings += 1;
    try {
      return await ask();
    } finally {
      this.readings -= 1;
    }
  }

  /** Keeps a piece of an answer that is not shown: the page that is on its way may not have it. */
  keep(id: string, item: StreamItem): void {
    const waiting = this.items.get(id) ?? [];
    if (waiting.length >= MOST_ITEMS) waiting.shift();
    waiting.push(item);
    this.items.set(id, waiting);
  }

  /** Gives the pieces that were kept of an answer which is shown now. */
  take(id: string): StreamItem[] | undefined {
    const items = this.items.get(id);
    this.items.delete(id);
    return items;
  }

  /** An answer ended. */
  end(end: StreamEnd): void {
    const { id } = end.message;
    if (this.readings > 0) this.ends.set(id, end);
    else this.items.delete(id);
  }

  /** An answer ended while a page was on its way. */
  ended(id: string): boolean {
    return this.ends.has(id);
  }

  /** Which answer arrives beyond this page, unless it ended while the page was on its way. */
  arriving({ arriving }: MessagePage): string | null {
    return arriving !== null && this.ends.has(arriving) ? null : arriving;
  }

  /** The ends of answers that this page calls arriving. */
  late({ rows }: MessagePage): StreamEnd[] {
    return rows.flatMap(({ id, status }) => (status === 'streaming' ? (this.ends.get(id) ?? []) : []));
  }
}
