import type { Client } from '../ipc/generated/client';
import type { Attachments } from './attachments.svelte';
import type { Chat } from './chat.svelte';
import type { History } from './conversations.svelte';
import type { Drafts } from './drafts';
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

/** Questions that wait for the answer before them: one in a conversation, with all that was said meanwhile. */
export class Queue {
  /** Words went back to where they are typed; counts up. */
  returned = $state(0);
  /** Conversations whose words are on their way to the core. */
  private readonly going = new Set<string>();

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

  /** An answer ended. Only one that is whole is followed by what waits for it. */
  async ended({ message }: StreamEnd): Promise<void> {
    const id = message.conversation_id;
    const waiting = this.parts.drafts.waiting.get(id);
    if (waiting?.after !== message.id) return;
    if (message.status !== 'complete') return this.edit(id);
    this.going.add(id);
    const sent = await this.send(id, waiting.text);
    this.going.delete(id);
    if (!sent) this.edit(id);
  }

  private async send(id: string, text: string): Promise<boolean> {
    const { client, thread, history, drafts, chat } = this.parts;
    if (thread.conversationId === id) {
      // Not all of it was shown: it is read again.
      if (thread.arriving !== null) await thread.refresh();
      return chat.send(text, []);
    }
    try {
      const sent = await client.messageSend({ conversation_id: id, text });
      thread.expect(id, [sent.answer_id]);
      if (sent.conversation) history.accept(sent.conversation);
      await drafts.sent(id, text, id);
      return true;
    } catch {
      // Whoever goes there finds the words in the field.
      return false;
    }
  }
}
