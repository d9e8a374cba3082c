import type { CitationRow, MessageRow, WindowEvent } from '../ipc/generated/types';
import { ShownText } from './text.svelte';

export type StreamItem = Omit<Extract<WindowEvent, { type: 'stream' }>, 'type' | 'message_id'>;
export type StreamEnd = Omit<Extract<WindowEvent, { type: 'stream_ended' }>, 'type'>;

/** A message on the screen. Its blocks change alone while it arrives. */
export class ShownMessage {
  readonly id: string;
  row: MessageRow = $state.raw() as MessageRow;
  readonly text = new ShownText();
  readonly reasoning = new ShownText();
  citations: CitationRow[] = $state.raw([]);
  /** The last stream item that is in the blocks. */
  seq = 0;
  /** What an arriving answer says, as Markdown. */
  private words = '';

  /** Names its row in the list. */
  get key(): string {
    return this.id;
  }

  constructor(row: MessageRow) {
    this.id = row.id;
    this.accept(row);
  }

  /** Takes what the archive has, unless pieces newer than it are already shown. */
  accept(row: MessageRow): void {
    const older =
      this.row !== undefined && row.status === 'streaming' && row.stream_seq < this.seq;
    this.row = row;
    if (older) return;
    this.words = row.text;
    this.text.accept(row.blocks);
    this.reasoning.accept(row.reasoning);
    this.citations = row.citations;
    this.seq = row.stream_seq;
  }

  /** Takes its end. False if not all of it is shown: then it is to be read again. */
  finish({ message, last_seq }: StreamEnd): boolean {
    if (last_seq === null) {
      this.accept(message);
      return true;
    }
    // The page that was read meanwhile has all of it.
    if (this.row.status !== 'streaming') return true;
    if (this.seq !== last_seq) return false;
    this.row = { ...message, text: this.words };
    this.citations = message.citations;
    return true;
  }

  /** Applies pieces in order. False if one is missing or does not fit. */
  apply(items: readonly StreamItem[]): boolean {
    if (this.row.status !== 'streaming') return true;
    const next = items.filter((item) => item.seq > this.seq);
    if (next.length === 0) return true;
    const ops = [];
    const reasoningOps = [];
    const citations = [];
    let { seq, words } = this;
    let whole = true;
    for (const item of next) {
      if (item.seq !== seq + 1) {
        whole = false;
        break;
      }
      seq = item.seq;
      words += item.text;
      ops.push(...item.ops);
      reasoningOps.push(...item.reasoning_ops);
      citations.push(...item.citations);
    }
    const text = this.text.draft(ops);
    const thoughts = this.reasoning.draft(reasoningOps);
    // Nothing of this batch counts: the page that is read next has all of it.
    if (!text || !thoughts) return false;
    if (ops.length > 0) this.text.show(text);
    if (reasoningOps.length > 0) this.reasoning.show(thoughts);
    if (citations.length > 0) this.citations = [...this.citations, ...citations];
    this.seq = seq;
    this.words = words;
    return whole;
  }
}

/** Rows as shown messages; those already shown keep their identity. */
export function shownOf(rows: readonly MessageRow[], before: readonly ShownMessage[]): ShownMessage[] {
  const known = new Map(before.map((message) => [message.id, message]));
  return rows.map((row) => {
    const shown = known.get(row.id) ?? new ShownMessage(row);
    if (shown.row !== row) shown.accept(row);
    return shown;
  });
}
