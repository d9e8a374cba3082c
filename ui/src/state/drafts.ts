import type { Client } from '../ipc/generated/client';

/** The composer of a conversation that does not exist yet. */
export const NEW_CONVERSATION = null;

const SAVE_DELAY_MS = 300;

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
    const typed = this.known.get(from) ?? text;
    const rest = typed.startsWith(text) ? typed.slice(text.length) : typed;
    this.known.set(from, '');
    this.drop(from);
    if (rest !== '') this.set(to, rest);
    else this.accept(to, '');
    // What is still on its way may arrive after the sending did.
    if (this.writing.has(from)) await this.write(from, '');
  }

  /** Drops what is remembered of a conversation that is gone. */
  forget(id: string): void {
    this.drop(id);
    this.known.delete(id);
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
      await this.client.draftSet({ conversation_id: id ?? undefined, text });
    } catch {
      // The words stay in the composer; the next pause tries again.
    } finally {
      const left = (this.writing.get(id) ?? 1) - 1;
      if (left > 0) this.writing.set(id, left);
      else this.writing.delete(id);
    }
  }
}
