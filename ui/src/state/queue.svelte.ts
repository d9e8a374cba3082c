import { SvelteSet } from 'svelte/reactivity';
import type { Client } from '../ipc/generated/client';
import type { Attachments } from './attachments.svelte';
import type { Chat } from './chat.svelte';
import type { History } from './conversations.svelte';
import type { Drafts, Waiting } from './drafts';
import { asApiError } from './errors';
import type { StreamEnd } from './message.svelte';
import type { Thread } from './thread.svelte';

interface Parts {
  client: Client;
  thread: Thread;
  history: History;
  drafts: Drafts;
  attachments: Attachments;
  chat: Chat;
}

const MOST_OVER = 64;

/** Questions that wait for the answer before them: one in a conversation, with all that was said meanwhile. */
export class Queue {
  /** Words went back to where they are typed; counts up. */
  returned = $state(0);
  /** Conversations whose words are on their way to the core. */
  private readonly going = new SvelteSet<string>();
  /** Answers that ended last, some of which may still be shown as arriving. */
  private over: string[] = [];

  constructor(private readonly parts: Parts) {}

  /** What is typed can wait. Files go with words alone, and several models are asked at once or not at all. */
  get possible(): boolean {
    const { thread, attachments, chat } = this.parts;
    return thread.arriving !== null && attachments.chips.length === 0 && chat.beside.length === 0;
  }

  /** Lets words of the open conversation wait. False if they cannot. */
  add(text: string): boolean {
    const { conversationId, arriving } = this.parts.thread;
    if (conversationId === null || arriving === null || text.trim() === '' || !this.possible) return false;
    if (this.going.has(conversationId) || this.over.includes(arriving)) return false;
    this.parts.drafts.wait(conversationId, text, arriving);
    return true;
  }

  /** Gives words back to the field. */
  edit(id: string): void {
    if (this.going.has(id)) return;
    this.parts.drafts.waitNoMore(id);
    this.returned += 1;
  }

  remove(id: string): void {
    if (!this.going.has(id)) this.parts.drafts.waitNoMore(id, true);
  }

  /** Words of the open conversation are on their way to the core. */
  get sending(): boolean {
    return this.going.has(this.parts.thread.conversationId ?? '');
  }

  /** An answer ended. Only one that is whole is followed by what waits for it. */
  async ended({ message }: StreamEnd): Promise<void> {
    this.over = [message.id, ...this.over].slice(0, MOST_OVER);
    const id = message.conversation_id;
    const waiting = this.parts.drafts.waiting.get(id);
    if (waiting?.after !== message.id) return;
    let sent = false;
    if (message.status === 'complete') {
      this.going.add(id);
      try {
        sent = await this.send(id, waiting);
      } finally {
        this.going.delete(id);
      }
    }
    if (!sent) this.edit(id);
  }

  /** Asks the core, whatever is shown meanwhile; a reader stays where they are. */
  private async send(id: string, { text, after }: Waiting): Promise<boolean> {
    const { client, thread, history, drafts, chat } = this.parts;
    try {
      const { rows } = await client.messagePage({ conversation_id: id, anchor: { at: 'tail' }, limit: 1 });
      // Another branch is shown: it would be asked below other words.
      if (rows.at(-1)?.id !== after) return false;
      const sent = await thread.asking(() => client.messageSend({ conversation_id: id, text }));
      thread.expect(id, [sent.answer_id]);
      if (sent.conversation) history.accept(sent.conversation);
      await drafts.sent(id, text, id);
      if (thread.conversationId === id) await thread.refresh();
      return true;
    } catch (reason) {
      // Whoever is elsewhere finds the words in the field.
      if (thread.conversationId === id) chat.problem = asApiError(reason);
      return false;
    }
  }
}
