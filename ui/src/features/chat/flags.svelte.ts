import { SvelteMap } from 'svelte/reactivity';
import type { AppState } from '../../state/app.svelte';

/** What is written down as wrong in the answers of the conversations that were looked at. */
export class Flags {
  readonly notes = new SvelteMap<string, string>();
  readonly #known = new Set<string>();

  constructor(private readonly app: AppState) {}

  /** Reads the notes of a conversation, once. */
  async ensure(conversation: string): Promise<void> {
    if (this.#known.has(conversation)) return;
    this.#known.add(conversation);
    if (this.app.thread.begun) return;
    try {
      let after: number | null = 0;
      while (after !== null) {
        const page: Awaited<ReturnType<AppState['client']['flagList']>> = await this.app.client.flagList({
          conversation_id: conversation,
          after,
        });
        for (const row of page.rows) this.notes.set(row.message_id, row.note);
        after = page.next;
      }
    } catch {
      // Shown with the next look.
      this.#known.delete(conversation);
    }
  }

  async set(message: string, note: string): Promise<void> {
    await this.app.client.flagSet({ message_id: message, note });
    if (note.trim() === '') this.notes.delete(message);
    else this.notes.set(message, note.trim());
  }
}

const known = new WeakMap<AppState, Flags>();

export function messageFlags(app: AppState): Flags {
  let flags = known.get(app);
  if (!flags) known.set(app, (flags = new Flags(app)));
  return flags;
}
