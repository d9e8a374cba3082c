import type { Client } from '../ipc/generated/client';
import type { ApiError, ConversationRow, Instructions, MessageSendReq, MessageSent, Preset } from '../ipc/generated/types';
import type { Attachments } from './attachments.svelte';
import type { History } from './conversations.svelte';
import type { Drafts } from './drafts';
import { asApiError } from './errors';
import type { Sources } from './sources.svelte';
import type { ShownMessage } from './message.svelte';
import { NO_INSTRUCTIONS } from './instructions';
import { type Talk, choiceOf, instructionsOf } from './talk.svelte';
import type { Thread } from './thread.svelte';
import type { UndoOffers } from './undo.svelte';

/** A model of a source. `model` is `null` while the source decides. */
export interface Choice {
  sourceId: string;
  model: string | null;
}

const SHOWN_AFTER_MS = 150;

/** So many models answer one question at most. */
export const MOST_BESIDE = 4;

export const sameChoice = (one: Choice, other: Choice) => one.sourceId === other.sourceId && one.model === other.model;

interface Parts {
  client: Client;
  thread: Thread;
  history: History;
  drafts: Drafts;
  sources: Sources;
  undo: UndoOffers;
  talk: Talk;
  attachments: Attachments;
}

/** What a person does in a chat. */
export class Chat {
  /** Why the last action here did not work; shown where it was tried. */
  problem = $state.raw<ApiError | null>(null);
  /** A question is on its way to the core: no other is taken. Nothing is drawn for it. */
  sending = false;
  /** A question has been on its way to the core for so long that it shows. */
  waiting = $state(false);
  /** A message whose words are being changed. */
  editing = $state<string | null>(null);
  /** The title of the open conversation is being changed. */
  renaming = $state(false);
  /** Asked to choose a model from anywhere. */
  choosingModel = $state(false);
  /** Asks the composer to take the focus; counts up. */
  focusComposer = $state(0);
  /** The temporary conversation that was open has ended. */
  temporaryGone = $state(false);
  /** Who answers the next question beside each other; nobody unless there are two. */
  beside = $state.raw<Choice[]>([]);
  /** One of the answers that are shown beside each other. */
  columns = $state<string | null>(null);
  private chosen = $state.raw<Choice | null>(null);
  private outdated = $state.raw<ConversationRow>();

  constructor(private readonly parts: Parts) {}

  /** Where the next answer comes from. */
  get choice(): Choice | null {
    const { history, thread, sources } = this.parts;
    const row = history.find(thread.conversationId);
    if (thread.conversationId !== null && row) {
      return row.source_id === null ? null : { sourceId: row.source_id, model: row.model };
    }
    const chosen = this.chosen ?? choiceOf(this.parts.talk.initial);
    if (chosen && sources.find(chosen.sourceId)) return chosen;
    const source = sources.default;
    return source ? { sourceId: source.id, model: source.default_model } : null;
  }

  /** How the open conversation is asked, or the one that is not begun yet. */
  get instructions(): Instructions | null {
    const { talk, thread } = this.parts;
    return thread.conversationId === null ? talk.fresh : talk.kept;
  }

  /** The open conversation is kept to this computer. */
  get onlyHere(): boolean {
    return this.parts.history.find(this.parts.thread.conversationId)?.local_only ?? false;
  }

  /** Keeps a conversation to this computer, or no longer; then asks for a source if it lost its own. */
  async keepHere(id: string, on: boolean): Promise<void> {
    const { history, thread } = this.parts;
    const kept = await history.update({ id, local_only: on });
    if (kept && on && thread.conversationId === id && history.find(id)?.source_id === null) {
      this.choosingModel = true;
    }
  }

  async choose(choice: Choice): Promise<void> {
    const id = this.parts.thread.conversationId;
    this.chosen = choice;
    if (id === null) return;
    await this.parts.history.update({
      id,
      source_id: choice.sourceId,
      model: choice.model ?? undefined,
    });
  }

  /** Says how the open conversation is asked, or the one that is about to begin. */
  async instruct(instructions: Instructions): Promise<boolean> {
    const { client, thread, talk } = this.parts;
    const id = thread.conversationId;
    if (id === null) {
      talk.fresh = instructions;
      return true;
    }
    const kept = await this.run(() => client.instructionsSet({ id, instructions }));
    if (kept && id === thread.conversationId) talk.know(id, kept);
    return kept !== null;
  }

  /** Begins a conversation with a preset: with a copy of what it says. */
  begin(preset: Preset): void {
    this.newChat(preset);
    this.parts.talk.fresh = instructionsOf(preset);
  }

  /** Asks the open conversation, or the one that is about to begin, as an assistant says: with a copy of it. */
  async use(preset: Preset): Promise<void> {
    const choice = choiceOf(preset);
    if ((await this.instruct(instructionsOf(preset))) && choice) await this.choose(choice);
  }

  /** Copies what was said up to a message into a new conversation, and goes there. */
  async fork(message: ShownMessage): Promise<void> {
    const row = await this.run(() => this.parts.client.conversationFork({ message_id: message.id }));
    if (!row) return;
    this.parts.history.accept(row);
    await this.open(row.id);
    this.focusComposer += 1;
  }

  /** Goes to a conversation that is not begun yet; who was chosen last answers it unless its assistant says who. */
  newChat(preset = this.parts.talk.initial): void {
    this.chosen = choiceOf(preset) ?? this.chosen;
    this.problem = null;
    this.beside = [];
    this.temporaryGone = false;
    this.editing = null;
    this.renaming = false;
    this.parts.talk.leave();
    this.parts.talk.fresh = null;
    void this.parts.drafts.flush();
    this.parts.thread.startNew();
    this.parts.history.opened(null);
    this.focusComposer += 1;
  }

  /** The open conversation lives in memory alone. */
  get temporary(): boolean {
    return this.parts.history.temporary.find(this.parts.thread.conversationId) !== undefined;
  }

  /** Begins a temporary conversation and goes there. */
  async newTemporary(): Promise<void> {
    const { talk, thread } = this.parts;
    // What was chosen for the conversation that did not begin yet holds for this one.
    const instead = thread.conversationId === null;
    const choice = (instead ? null : choiceOf(talk.initial)) ?? this.choice;
    const instructions = instead ? talk.fresh : talk.initial && instructionsOf(talk.initial);
    const row = await this.run(() =>
      this.parts.client.temporaryBegin({
        source_id: choice?.sourceId,
        model: choice?.model ?? undefined,
      }),
    );
    if (!row) return;
    this.parts.history.accept(row);
    if (instructions) await this.run(() => this.parts.client.instructionsSet({ id: row.id, instructions }));
    talk.fresh = null;
    await this.open(row.id);
    this.focusComposer += 1;
  }

  /** Ends a temporary conversation; says that it is gone if there was something in it. */
  async endTemporary(id: string): Promise<void> {
    const { client, history, thread, drafts } = this.parts;
    const isOpen = thread.conversationId === id;
    const unused = isOpen && thread.status === 'ready' && thread.messages.length === 0;
    drafts.forget(id);
    const ended = await this.run(() => client.temporaryEnd({ id }));
    if (!ended) return;
    history.removed(id);
    drafts.forget(id);
    if (!isOpen) return;
    this.newChat();
    this.temporaryGone = !unused;
  }

  /** Moves a temporary conversation into the archive. */
  async keepTemporary(id: string): Promise<void> {
    const { client, history, drafts } = this.parts;
    await drafts.flush();
    const row = await this.run(() => client.temporaryKeep({ id }));
    if (!row) return;
    history.accept(row);
  }

  async open(conversationId: string, messageId?: string): Promise<void> {
    this.problem = null;
    this.temporaryGone = false;
    this.editing = null;
    this.renaming = false;
    if (conversationId !== this.parts.thread.conversationId) this.parts.talk.leave();
    void this.parts.drafts.flush();
    this.parts.history.opened(conversationId);
    await this.parts.thread.open(conversationId, messageId);
  }

  /** Sends what was typed. False if it could not be: the words stay where they are. */
  async send(text: string): Promise<boolean> {
    const { client, thread, drafts, talk, attachments } = this.parts;
    const files = attachments.ids;
    if ((text.trim() === '' && files.length === 0) || this.sending || thread.arriving !== null) return false;
    const conversationId = thread.conversationId;
    const fresh = conversationId === null ? talk.fresh : null;
    this.problem = null;
    this.temporaryGone = false;
    const [first, ...others] = this.beside;
    const choice = first ?? (conversationId === null ? this.choice : null);
    const question = {
      conversation_id: conversationId ?? undefined,
      text,
      source_id: choice?.sourceId,
      model: choice?.model ?? undefined,
      instructions: fresh ?? undefined,
      ...(files.length > 0 ? { attachments: files } : {}),
    };
    const ask = () => (others.length === 0 ? client.messageSend(question) : this.sendBeside(question, others));
    return this.asking(ask, async (sent) => {
      attachments.sent(files);
      // Unless the person went elsewhere while the core took it.
      if (conversationId === null && thread.conversationId === null) {
        talk.know(sent.conversation_id, fresh ?? NO_INSTRUCTIONS);
        attachments.begun(sent.conversation_id);
      }
      if (conversationId === null && talk.fresh === fresh) talk.fresh = null;
      void drafts.sent(conversationId, text, sent.conversation_id);
      if (thread.conversationId === conversationId) await this.show(sent, 'sent');
    });
  }

  private async sendBeside(question: MessageSendReq, others: Choice[]): Promise<MessageSent> {
    const { sent, beside } = await this.parts.client.messageSendBeside({
      question,
      others: others.map((other) => ({ source_id: other.sourceId, model: other.model ?? undefined })),
    });
    this.parts.thread.expect(sent.conversation_id, beside);
    this.columns = sent.answer_id;
    return sent;
  }

  /** Goes on with one of several answers, and with who gave it. */
  async goOnWith(messageId: string): Promise<void> {
    const { client, thread } = this.parts;
    thread.expectBranch(messageId);
    if ((await this.run(() => client.messageGoOnWith({ message_id: messageId }))) === null) return;
    this.beside = [];
    this.columns = null;
    await thread.refresh();
  }

  /** Asks a question differently, without some of its files. */
  async edit(message: ShownMessage, text: string, without: readonly string[]): Promise<boolean> {
    return this.ask('sent', () =>
      this.parts.client.messageEdit({ message_id: message.id, text, ...(without.length > 0 ? { without: [...without] } : {}) }),
    );
  }

  /** Puts other words in the place of an answer; nothing is sent. */
  async rewrite(message: ShownMessage, text: string): Promise<boolean> {
    const { client, thread } = this.parts;
    const made = await this.run(() => client.messageRewrite({ message_id: message.id, text }));
    if (made === null) return false;
    thread.expectBranch(made.message_id);
    await thread.refresh();
    return true;
  }

  async regenerate(message: ShownMessage, choice?: Choice): Promise<boolean> {
    return this.ask('regenerated', () =>
      this.parts.client.messageRegenerate({
        message_id: message.id,
        source_id: choice?.sourceId,
        model: choice?.model ?? undefined,
      }),
    );
  }

  async continue(message: ShownMessage): Promise<boolean> {
    return this.ask('regenerated', () =>
      this.parts.client.messageContinue({ message_id: message.id }),
    );
  }

  /** Sends once what a budget stopped. */
  async overBudget(message: ShownMessage): Promise<boolean> {
    return this.ask('regenerated', () =>
      this.parts.client.messageOverBudget({ message_id: message.id }),
    );
  }

  /** Something arrives in the open conversation, on whatever branch. */
  get underway(): boolean {
    const { thread, history } = this.parts;
    if (thread.arriving !== null) return true;
    const row = history.find(thread.conversationId);
    return row !== undefined && row !== this.outdated && row.streaming && thread.mayArrive.length > 0;
  }

  /** An answer ended: whether another one arrives is known when the conversation was read again. */
  ended(conversationId: string): void {
    const { history, thread } = this.parts;
    if (conversationId === thread.conversationId) this.outdated = history.find(conversationId);
  }

  /** Stops all that arrives in the open conversation. */
  async stop(): Promise<void> {
    const { arriving, streaming, mayArrive } = this.parts.thread;
    if (!this.underway) return;
    const beside = async (id: string) =>
      (await this.parts.client.messagesBeside({ message_id: id }).catch(() => null))?.rows.map((row) => row.id);
    // Of an answer the reader is far from, the core alone knows what stands beside it.
    const shown = streaming?.row.branch_ids ?? (arriving === null ? [] : ((await beside(arriving)) ?? [arriving]));
    // One that ended is left as it is.
    await Promise.all([...new Set([...shown, ...mayArrive])].map((id) => this.stopOne(id)));
  }

  async stopOne(id: string): Promise<void> {
    await this.run(() => this.parts.client.messageStop({ message_id: id }));
  }

  async selectBranch(messageId: string): Promise<void> {
    this.parts.thread.expectBranch(messageId);
    await this.run(() => this.parts.client.messageSelectBranch({ message_id: messageId }));
    // Without an event in between (nothing changed), the expectation must not linger.
    await this.parts.thread.refresh();
  }

  /** The system lets a person choose what of the screen is in the picture; it arrives as what is dropped does. */
  async screenshot(): Promise<void> {
    await this.run(() => this.parts.client.screenshotTake());
  }

  async deleteMessage(message: ShownMessage): Promise<void> {
    const erasing = await this.run(() =>
      this.parts.client.messageDelete({ message_id: message.id }),
    );
    if (!erasing) return;
    this.parts.undo.offer(erasing, {
      what: 'message',
      conversationId: message.row.conversation_id,
      title: null,
      wasOpen: true,
    });
    await this.parts.thread.refresh();
  }

  async deleteConversation(id: string): Promise<void> {
    const { client, history, thread, undo, drafts } = this.parts;
    const title = history.find(id)?.title ?? null;
    const wasOpen = thread.conversationId === id;
    const erasing = await this.run(() => client.conversationDelete({ id }));
    if (!erasing) return;
    undo.offer(erasing, { what: 'conversation', conversationId: id, title, wasOpen });
    history.removed(id);
    drafts.forget(id);
    if (wasOpen) this.newChat();
  }

  async undoDelete(erasureId: string): Promise<void> {
    const { undo, history, thread } = this.parts;
    const offer = undo.offers.find((one) => one.erasureId === erasureId);
    if (!offer || !(await undo.undo(erasureId))) return;
    await history.changed(offer.conversationId);
    if (offer.what === 'conversation') {
      // Unless something else was begun or opened meanwhile.
      if (offer.wasOpen && thread.conversationId === null) await this.open(offer.conversationId);
    } else if (thread.conversationId === offer.conversationId) await thread.refresh();
  }

  private async ask(intent: 'sent' | 'regenerated', call: () => Promise<MessageSent>) {
    if (this.sending || this.parts.thread.arriving !== null) return false;
    return this.asking(call, (sent) => this.show(sent, intent));
  }

  /** Brings a question to the core. What takes a moment shows nothing: it would be drawn twice. */
  private async asking(
    call: () => Promise<MessageSent>,
    then: (sent: MessageSent) => Promise<void>,
  ): Promise<boolean> {
    this.sending = true;
    const shown = setTimeout(() => (this.waiting = true), SHOWN_AFTER_MS);
    try {
      const sent = await this.run(() => this.parts.thread.asking(call));
      if (sent) this.parts.thread.expect(sent.conversation_id, [sent.answer_id]);
      if (sent) await then(sent);
      return sent !== null;
    } finally {
      clearTimeout(shown);
      this.sending = this.waiting = false;
    }
  }

  private async show(sent: MessageSent, intent: 'sent' | 'regenerated'): Promise<void> {
    const { thread, history } = this.parts;
    if (sent.conversation) history.accept(sent.conversation);
    if (thread.conversationId !== sent.conversation_id) {
      history.opened(sent.conversation_id);
      await thread.openSent(sent.conversation_id, sent.page);
      return;
    }
    await thread.goToTail(sent.page);
    thread.intend({ kind: intent });
  }

  private async run<T>(call: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await call();
      this.problem = null;
      return answer;
    } catch (reason) {
      this.problem = asApiError(reason);
      return null;
    }
  }
}
