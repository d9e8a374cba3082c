import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../ipc/generated/client';

/** The composer of a conversation that does not exist yet. */
export const NEW_CONVERSATION = null;

const SAVE_DELAY_MS = 300;

/** Words that are sent when an answer is done. */
export interface Waiting {
  text: string;
  /** The answer they wait for. */
  after: string;
}

interface Pending {
  text: string;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * What is typed and not sent, per conversation. Saved when typing rests, when the composer
 * is left and when another conversation is opened.
 */
export class Drafts {
  private readonly known = new Map<string | null, string>();
  /** What waits to be sent. It is kept before what is typed: whatever happens, neither is lost. */
  readonly waiting = new SvelteMap<string, Waiting>();
  private readonly pending = new Map<string | null, Pending>();
  /** How many texts of each are on their way to the archive. */
  private readonly writing = new Map<string | null, number>();

  constructor(private readonly client: Client) {}

  /** What was typed there last; asks the archive the first time. */
  async get(id: string | null): Promise<string> {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    try {
      const draft = await this.client.draftGet({ conversation_id: id ?? undefined });
      // Typing that began while the archive answered wins.
      const typed = this.known.get(id);
      if (typed !== undefined) return typed;
      this.known.set(id, draft.text);
      return draft.text;
    } catch {
      return this.known.get(id) ?? '';
    }
  }

  /** What waits there, as it was read. */
  accept(id: string | null, text: string): void {
    if (!this.known.has(id)) this.known.set(id, text);
  }

  /** What is known without asking; `undefined` if nothing is. */
  peek(id: string | null): string | undefined {
    return this.known.get(id);
  }

  set(id: string | null, text: string): void {
    if (this.known.get(id) === text) return;
    this.saveSoon(id, text);
  }

  /** Takes words out of the field, to be sent when an answer is done. */
  wait(id: string, words: string, after: string): void {
    const text = joined(this.waiting.get(id)?.text, words);
    this.waiting.set(id, { text, after });
    this.saveSoon(id, '');
  }

  /** Nothing waits there any more: its words stand before what is typed, or are dropped. */
  waitNoMore(id: string, drop = false): void {
    const text = drop ? '' : this.waiting.get(id)?.text;
    if (!this.waiting.delete(id)) return;
    this.saveSoon(id, joined(text, this.known.get(id) ?? ''));
  }

  private saveSoon(id: string | null, text: string): void {
    this.known.set(id, text);
    const waiting = this.pending.get(id);
    if (waiting) clearTimeout(waiting.timer);
    this.pending.set(id, {
      text,
      timer: setTimeout(() => void this.save(id), SAVE_DELAY_MS),
    });
  }

  /**
   * Was sent: what was typed since then goes on, in the conversation it belongs to now. The core
   * removes its copy with the sending.
   */
  async sent(from: string | null, text: string, to: string): Promise<void> {
    const waited = from !== null && this.waiting.get(from)?.text === text && this.waiting.delete(from);
    const typed = this.known.get(from) ?? (waited ? '' : text);
    const rest = !waited && typed.startsWith(text) ? typed.slice(text.length) : typed;
    this.known.set(from, '');
    this.drop(from);
    // What still waits there was in the copy that the core removed.
    if (rest !== '' || this.waiting.has(to)) this.saveSoon(to, rest);
    else this.accept(to, '');
    // What is still on its way may arrive after the sending did.
    if (this.writing.has(from)) await this.write(from, from === to ? rest : '');
  }

  /** Drops what is remembered of a conversation that is gone. */
  forget(id: string): void {
    this.drop(id);
    this.known.delete(id);
    this.waiting.delete(id);
  }

  /** What was about to be saved is not. */
  private drop(id: string | null): void {
    clearTimeout(this.pending.get(id)?.timer);
    this.pending.delete(id);
  }

  async flush(): Promise<void> {
    await Promise.all([...this.pending.keys()].map((id) => this.save(id)));
  }

  private async save(id: string | null): Promise<void> {
    const waiting = this.pending.get(id);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.pending.delete(id);
    await this.write(id, waiting.text);
  }

  private async write(id: string | null, text: string): Promise<void> {
    this.writing.set(id, (this.writing.get(id) ?? 0) + 1);
    try {
      const words = id === null ? text : joined(this.waiting.get(id)?.text, text);
      await this.client.draftSet({ conversation_id: id ?? undefined, text: words });
    } catch {
      // The words stay in the composer; the next pause tries again.
    } finally {
      const left = (this.writing.get(id) ?? 1) - 1;
      if (left > 0) this.writing.set(id, left);
      else this.writing.delete(id);
    }
  }
}

const joined = (first: string | undefined, then: string) => [first, then].filter((words) => words).join('\n\n');
