import { SvelteMap } from 'svelte/reactivity';
import type { Client } from '../ipc/generated/client';
import type {
  ApiError,
  MessagePage,
  MessageRow,
  PageAnchor,
  WindowEvent,
} from '../ipc/generated/types';
import { Arrivals } from './arrivals';
import { asApiError } from './errors';
import { nextFrame, type Schedule } from './frames';
import { Meanwhile } from './meanwhile';
import { shownOf, type ShownMessage, type StreamEnd, type StreamItem } from './message.svelte';

/** What the view does with the scroll position. Data alone never moves it. */
export type ScrollIntent =
  | { kind: 'switched'; at: 'bottom' | { messageId: string } }
  | { kind: 'sent' }
  | { kind: 'regenerated' }
  | { kind: 'jump'; messageId: string };

export type Announcement = { what: 'started' | 'finished' | 'interrupted' | 'failed' };

/** Fills a tall window with short messages; what is read further up is loaded before it is reached. */
const FIRST_PAGE = 20;
const PAGE = 50;
const MOST_PER_PAGE = 100;
/** More rows than this are not kept; those farthest from the reader go first. */
const MOST_LOADED = 300;
/** So many answers have their others asked to stop: what arrives stands near the end, or was asked for from here. */
const NEWEST_ANSWERS = 8;

/** The open conversation: the loaded part of its shown branch, and what arrives in it. */
export class Thread {
  conversationId = $state<string | null>(null);
  messages = $state.raw<ShownMessage[]>([]);
  hasBefore = $state(false);
  hasAfter = $state(false);
  status = $state<'new' | 'loading' | 'ready' | 'failed'>('new');
  problem = $state.raw<ApiError | null>(null);
  intent = $state.raw<ScrollIntent | null>(null);
  announcement = $state.raw<Announcement | null>(null);
  /** The open conversation was begun here and never left: all that is known of it is known already. */
  begun = $state(false);
  /** A message to point out for a moment. */
  flash = $state<string | null>(null);

  /** Some message here has files. */
  readonly hasFiles = $derived(this.messages.some((message) => message.row.attachments.length > 0));
  /** What arrives, as the last page told it. */
  private beyond = $state<string | null>(null);
  readonly streaming = $derived(
    this.messages.findLast((message) => message.row.status === 'streaming') ?? null,
  );
  /** The answer that is arriving on the shown branch, also where the reader is far from it. */
  readonly arriving = $derived(this.streaming?.id ?? this.beyond);

  /** The conversations of answers that were asked for here and did not end, wherever they stand. */
  private readonly asked = new SvelteMap<string, string>();

  /** The message at the top of the view; the view keeps it up to date. */
  visibleId: string | null = null;

  private generation = 0;
  private readonly loading: Record<'before' | 'after', { again: boolean } | null> = {
    before: null,
    after: null,
  };
  private refreshing = false;
  private refreshAgain = false;
  private branchAt: string | null = null;
  private readonly arrivals: Arrivals;
  private readonly meanwhile = new Meanwhile();

  constructor(
    private readonly client: Client,
    schedule: Schedule = nextFrame,
  ) {
    this.arrivals = new Arrivals((id, items) => this.arrived(id, items), () => void this.refresh(), schedule);
  }

  /** The composer of a conversation that does not exist yet. */
  startNew(): void {
    this.reset(null);
    this.status = 'new';
  }

  async open(conversationId: string, messageId?: string): Promise<void> {
    if (conversationId === this.conversationId && this.status === 'ready') {
      if (messageId !== undefined) await this.jump(messageId);
      return;
    }
    const generation = this.reset(conversationId);
    this.status = 'loading';
    await this.readAround(generation, messageId, () => {
      this.intent = {
        kind: 'switched',
        at: messageId === undefined ? 'bottom' : { messageId },
      };
      this.flash = messageId ?? null;
    });
  }

  /** A conversation that was begun here just now. */
  async openSent(conversationId: string, page: MessagePage | null): Promise<void> {
    const generation = this.reset(conversationId);
    this.begun = true;
    const shown = () => (this.intent = { kind: 'sent' });
    if (!page) return this.readAround(generation, undefined, shown);
    this.show(page);
    shown();
  }

  async retry(): Promise<void> {
    const id = this.conversationId;
    if (id === null) return;
    this.conversationId = null;
    await this.open(id);
  }

  /** Shows a message of this conversation, wherever it is. */
  async jump(messageId: string): Promise<void> {
    if (!this.messages.some((message) => message.id === messageId)) {
      const generation = ++this.generation;
      await this.readAround(generation, messageId, () => undefined);
      if (generation !== this.generation) return;
    }
    this.intent = { kind: 'jump', messageId };
    this.flash = messageId;
  }

  /** The newest messages, from wherever the reader is. */
  async toEnd(): Promise<void> {
    if (this.hasAfter) {
      const generation = ++this.generation;
      await this.readAround(generation, undefined, () => undefined);
      if (generation !== this.generation) return;
    }
    this.intent = { kind: 'sent' };
  }

  loadBefore = (): Promise<void> => this.load('before');
  loadAfter = (): Promise<void> => this.load('after');

  /**
   * Adds a page at one end. What is shown may be read anew while the page is on its way; it does
   * not belong there any more then. Whoever reached that end meanwhile stands still, and will not
   * ask once more: the next page is asked for in their place.
   */
  private async load(side: 'before' | 'after'): Promise<void> {
    const now = this.loading[side];
    if (now) {
      now.again = true;
      return;
    }
    const edge = () => this.messages.at(side === 'before' ? 0 : -1);
    const from = edge();
    if (!from || !(side === 'before' ? this.hasBefore : this.hasAfter)) return;
    const loading = (this.loading[side] = { again: false });
    const generation = this.generation;
    let fits = true;
    try {
      const page = await this.page({ at: side, message_id: from.id }, PAGE);
      fits = generation === this.generation && edge()?.id === from.id;
      if (fits) this.join(side, page);
    } catch (reason) {
      if (generation === this.generation) this.problem = asApiError(reason);
    } finally {
      this.loading[side] = null;
    }
    if (!fits && loading.again) await this.load(side);
  }

  private join(side: 'before' | 'after', page: MessagePage): void {
    const rows = this.adopt(page.rows);
    this.beyond = this.meanwhile.arriving(page);
    if (side === 'before') {
      const joined = [...rows, ...this.messages];
      this.hasBefore = page.has_before;
      if (joined.length > MOST_LOADED) this.hasAfter = true;
      this.messages = joined.slice(0, MOST_LOADED);
    } else {
      const joined = [...this.messages, ...rows];
      this.hasAfter = page.has_after;
      if (joined.length > MOST_LOADED) this.hasBefore = true;
      this.messages = joined.slice(-MOST_LOADED);
    }
    for (const end of this.meanwhile.late(page)) this.end(end);
  }

  /** The next reading is around this message, because its branch is about to be shown. */
  expectBranch(messageId: string): void {
    this.branchAt = messageId;
  }

  /** Answers were asked for that may arrive beside what is shown. */
  expect(conversationId: string, answers: readonly string[]): void {
    for (const id of answers) if (!this.meanwhile.ended(id)) this.asked.set(id, conversationId);
  }

  /** Which answers may be arriving here: what was asked for, and what stands beside the newest that are shown. */
  get mayArrive(): string[] {
    const answers = this.messages.filter(({ row }) => row.role === 'assistant').slice(-NEWEST_ANSWERS);
    const beside = answers.flatMap(({ row }) => (row.branch_ids.length > 1 ? row.branch_ids : []));
    const asked = [...this.asked].flatMap(([id, conversation]) => (conversation === this.conversationId ? [id] : []));
    return [...new Set([...beside, ...asked])];
  }

  intend(intent: ScrollIntent): void {
    this.intent = intent;
  }

  /** Reads again what is shown, once at a time however often it changes. */
  async refresh(): Promise<void> {
    if (this.conversationId === null) return;
    if (this.refreshing) {
      this.refreshAgain = true;
      return;
    }
    this.refreshing = true;
    try {
      do {
        this.refreshAgain = false;
        await this.reread();
      } while (this.refreshAgain);
    } finally {
      this.refreshing = false;
    }
  }

  /** Something was asked, and the reader goes to the newest messages: those given, or read again. */
  async goToTail(page: MessagePage | null): Promise<void> {
    this.visibleId = null;
    if (!page) return this.refresh();
    // What is on its way was read before.
    this.generation += 1;
    this.show(page);
  }

  /** Asks for something that brings a page, which is shown right after. */
  asking<T extends { page: MessagePage | null }>(ask: () => Promise<T>): Promise<T> {
    return this.meanwhile.asking(ask);
  }

  handle(event: WindowEvent): void {
    switch (event.type) {
      case 'messages_changed':
        if (event.conversation_id === this.conversationId) void this.refresh();
        break;
      case 'stream':
        this.take(event.message_id, event);
        break;
      case 'stream_ended':
        this.end(event);
        break;
      case 'conversation_removed':
        if (event.id === this.conversationId) this.startNew();
        break;
      default:
        break;
    }
  }

  private reset(conversationId: string | null): number {
    this.conversationId = conversationId;
    this.messages = [];
    this.hasBefore = false;
    this.hasAfter = false;
    this.beyond = null;
    this.begun = false;
    this.problem = null;
    this.flash = null;
    this.visibleId = null;
    this.branchAt = null;
    this.arrivals.clear();
    return ++this.generation;
  }

  private async page(anchor: PageAnchor, limit: number): Promise<MessagePage> {
    const conversation_id = this.conversationId ?? '';
    const read = async () => ({ page: await this.client.messagePage({ conversation_id, anchor, limit }) });
    return (await this.asking(read)).page;
  }

  private async readAround(
    generation: number,
    messageId: string | undefined,
    shown: () => void,
  ): Promise<void> {
    try {
      const page =
        messageId === undefined
          ? await this.page({ at: 'tail' }, FIRST_PAGE)
          : await this.page({ at: 'around', message_id: messageId }, PAGE);
      if (generation !== this.generation) return;
      this.show(page);
      shown();
    } catch (reason) {
      if (generation !== this.generation) return;
      this.problem = asApiError(reason);
      this.status = 'failed';
    }
  }

  private async reread(): Promise<void> {
    const generation = this.generation;
    const branchAt = this.branchAt;
    this.branchAt = null;
    const count = Math.min(MOST_PER_PAGE, Math.max(FIRST_PAGE, this.messages.length + 2));
    try {
      // One reading, even where it takes two pages.
      const { page } = await this.asking(async () => ({ page: await this.current(branchAt, count) }));
      if (generation === this.generation) this.show(page);
    } catch (reason) {
      if (generation !== this.generation) return;
      // What is shown is still true, only not the newest.
      this.problem = asApiError(reason);
    }
  }

  private async current(branchAt: string | null, count: number): Promise<MessagePage> {
    if (branchAt !== null) return this.page({ at: 'around', message_id: branchAt }, count);
    return this.keepInView(await this.page({ at: 'tail' }, count), count);
  }

  /** The tail, unless the reader is above it and would lose the place. */
  private async keepInView(tail: MessagePage, count: number): Promise<MessagePage> {
    const visible = this.visibleId;
    if (visible === null || !tail.has_before) return tail;
    if (tail.rows.some((row) => row.id === visible)) return tail;
    try {
      return await this.page({ at: 'around', message_id: visible }, count);
    } catch {
      return tail;
    }
  }

  private show(page: MessagePage): void {
    this.messages = this.adopt(page.rows);
    this.hasBefore = page.has_before;
    this.hasAfter = page.has_after;
    this.beyond = this.meanwhile.arriving(page);
    this.status = 'ready';
    this.problem = null;
    for (const end of this.meanwhile.late(page)) this.end(end);
  }

  private adopt(rows: readonly MessageRow[]): ShownMessage[] {
    const messages = shownOf(rows, this.messages);
    for (const { id } of rows) {
      const early = this.meanwhile.take(id);
      if (early) this.arrivals.push(id, early);
    }
    return messages;
  }

  /** What arrives is nearly always the last. */
  private shown(id: string): ShownMessage | undefined {
    return this.messages.findLast((message) => message.id === id);
  }

  private take(id: string, item: StreamItem): void {
    if (this.shown(id)) {
      this.arrivals.push(id, [item]);
      return;
    }
    this.meanwhile.keep(id, item);
  }

  private arrived(id: string, items: readonly StreamItem[]): boolean {
    const message = this.shown(id);
    if (!message) return true;
    const first = message.seq === 0;
    const whole = message.apply(items);
    if (first && message.seq > 0) this.announcement = { what: 'started' };
    return whole;
  }

  private end(end: StreamEnd): void {
    const row = end.message;
    this.arrivals.showNow(row.id);
    this.meanwhile.end(end);
    this.asked.delete(row.id);
    const message = this.shown(row.id);
    if (!message && this.beyond !== row.id) return;
    if (this.beyond === row.id) this.beyond = null;
    if (message?.finish(end) === false) void this.refresh();
    // The list of messages did not change, but what is derived from their rows did.
    if (message) this.messages = [...this.messages];
    const what =
      row.status === 'failed'
        ? 'failed'
        : row.status === 'interrupted'
          ? 'interrupted'
          : 'finished';
    this.announcement = { what };
  }
}
