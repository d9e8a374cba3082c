/**
 * The state of the window, one object per window. `main.ts` makes it, feeds it every event
 * (`dispatch`), and components reach it through `useApp()`.
 */
import { getContext, setContext } from 'svelte';
import type { Client } from '../ipc/generated/client';
import { Loaded } from '../ipc/loaded.svelte';
import type { FirstScreen, PolicyStatus, SessionInfo, WindowEvent } from '../ipc/generated/types';
import { Attachments } from './attachments.svelte';
import { Chat } from './chat.svelte';
import { Queue } from './queue.svelte';
import { Context } from './context.svelte';
import { History, PAGE } from './conversations.svelte';
import { Drafts, NEW_CONVERSATION } from './drafts';
import { Egress } from './egress.svelte';
import { Exporting } from './exporting.svelte';
import { Filing } from './filing.svelte';
import { Navigation } from './navigation.svelte';
import { Restriction } from './restriction.svelte';
import { Proof } from './proof.svelte';
import { Revisions } from './revisions.svelte';
import { Search } from './search.svelte';
import { Session } from './session.svelte';
import { SettingsState } from './settings.svelte';
import { Sources } from './sources.svelte';
import { Talk } from './talk.svelte';
import { Thread } from './thread.svelte';
import { Tools } from './tools.svelte';
import { UndoOffers } from './undo.svelte';

/** How often the core is told that somebody is there. */
const ACTIVE_MS = 10_000;

export class AppState {
  readonly session: Session;
  readonly settings: SettingsState;
  readonly navigation = new Navigation();
  readonly revisions = new Revisions();
  readonly proof = new Proof();
  readonly filing: Filing;
  readonly restriction: Restriction;
  readonly history: History;
  readonly thread: Thread;
  readonly drafts: Drafts;
  readonly sources: Sources;
  readonly egress: Egress;
  readonly policy: Loaded<PolicyStatus>;
  readonly exporting: Exporting;
  readonly undo: UndoOffers;
  readonly search: Search;
  readonly talk: Talk;
  readonly attachments: Attachments;
  readonly tools: Tools;
  readonly chat: Chat;
  readonly queue: Queue;
  /** Who else wants to know what arrives. */
  readonly onstream = new Set<(event: WindowEvent) => void>();
  readonly context: Context;
  private started = false;
  /** What the first screen shows was read. */
  ready: Promise<void> = Promise.resolve();
  private wasReady = false;
  private lastActive = 0;
  /** Something has to be read before what is open is shown: a recovery code. */
  holding = $state(false);
  /** Called when an open session closes: whoever made this state throws it away. */
  onclosed: (info: SessionInfo) => void = () => undefined;

  constructor(readonly client: Client) {
    this.session = new Session(client);
    this.settings = new SettingsState(client);
    this.filing = new Filing(client);
    this.restriction = new Restriction(client);
    this.history = new History(client, this.filing);
    this.thread = new Thread(client);
    this.drafts = new Drafts(client);
    this.sources = new Sources(client);
    this.egress = new Egress(client);
    this.policy = new Loaded(() => client.policyStatus());
    this.exporting = new Exporting(client);
    this.undo = new UndoOffers(client);
    this.search = new Search(client);
    this.talk = new Talk(client);
    this.attachments = new Attachments(client);
    this.tools = new Tools(client);
    this.chat = new Chat({
      client,
      thread: this.thread,
      history: this.history,
      drafts: this.drafts,
      sources: this.sources,
      undo: this.undo,
      talk: this.talk,
      attachments: this.attachments,
    });
    this.queue = new Queue({
      client,
      thread: this.thread,
      history: this.history,
      drafts: this.drafts,
      attachments: this.attachments,
      chat: this.chat,
    });
    this.context = new Context({
      client,
      thread: this.thread,
      talk: this.talk,
      chat: this.chat,
      attachments: this.attachments,
    });
  }

  /** Takes what `session_open`, `session_unlock`, `setup_complete` … answered. */
  accept(info: SessionInfo): void {
    this.session.accept(info);
    if (this.wasReady && info.state !== 'ready') {
      this.wasReady = false;
      this.forgetContent();
      this.onclosed(info);
      return;
    }
    this.wasReady = info.state === 'ready';
    // A closed archive knows no settings; how the window looks is not for it to say.
    if (info.state !== 'locked') this.settings.accept(info.settings);
    this.egress.accept({ ...this.egress.status, offline: info.offline });
    if (this.session.ready) this.ready = this.start();
  }

  /** Reads what the first screen shows. Harmless when called again. */
  async start(): Promise<void> {
    if (this.started) return;
    this.started = true;
    const before = this.egress.status;
    const first = await this.client.firstScreen({ limit: PAGE }).catch(() => null);
    if (first) {
      this.acceptFirst(first);
      // Unless something passed the door meanwhile, which an event told.
      if (this.egress.status === before) this.egress.accept(first.egress);
      return;
    }
    // Whatever could not be read says so where it is shown.
    await Promise.all([
      this.history.active.load(),
      this.history.temporary.load(),
      this.filing.load(),
      this.restriction.load(),
      this.sources.refresh(),
      this.policy.load(),
      this.egress.refresh().catch(() => undefined),
    ]);
  }

  private acceptFirst(first: FirstScreen): void {
    this.history.active.accept(first.conversations);
    this.history.temporary.rows = first.temporary.rows;
    this.filing.accept(first.filing);
    this.restriction.value = first.restriction;
    this.sources.accept(first.sources);
    this.policy.value = first.policy;
    this.talk.acceptPresets(first.presets);
    this.drafts.accept(NEW_CONVERSATION, first.draft.text);
    if (!first.files) return;
    const source = this.sources.default;
    this.attachments.accept(first.files, source?.id, source?.default_model ?? undefined);
  }

  dispatch(event: WindowEvent): void {
    switch (event.type) {
      case 'session_changed':
        void this.session.refresh().then((info) => this.accept(info), ignore);
        break;
      case 'conversation_changed':
        void this.history.changed(event.id);
        this.revisions.context += 1;
        break;
      case 'conversation_removed':
        this.history.removed(event.id);
        this.drafts.forget(event.id);
        this.search.removed(event.id);
        this.thread.handle(event);
        break;
      case 'stream_ended':
        this.tools.ended(event.message.id);
        this.chat.ended(event.message.conversation_id);
        this.thread.handle(event);
        void this.queue.ended(event);
        for (const listener of this.onstream) listener(event);
        break;
      case 'tool_calls_changed':
        void this.tools.readCalls(event.message_id);
        break;
      case 'tools_changed':
        this.tools.changed();
        break;
      case 'messages_changed':
      case 'stream':
        this.thread.handle(event);
        for (const listener of this.onstream) listener(event);
        break;
      case 'egress':
        this.egress.accept(event.status);
        break;
      case 'ledger_changed':
        this.revisions.ledger += 1;
        break;
      case 'consents_changed':
        this.revisions.consents += 1;
        void this.policy.load();
        break;
      case 'receipts_changed':
        this.revisions.receipts += 1;
        break;
      case 'deletions_changed':
        this.revisions.deletions += 1;
        break;
      case 'content_removed':
        this.forgetContent();
        break;
      case 'key_changed':
        this.revisions.key += 1;
        break;
      case 'export_progress':
        this.exporting.accept(event.progress);
        break;
      case 'export_ended':
        this.exporting.progress = undefined;
        break;
      case 'diagnostics_changed':
        this.revisions.diagnostics += 1;
        break;
      case 'proof_check':
        this.proof.add(event.check);
        break;
      case 'filing_changed':
        void this.filing.load();
        break;
      case 'presets_changed':
        void this.talk.load();
        break;
      case 'restriction_changed':
        void this.restriction.load();
        break;
      case 'sources_changed':
        this.revisions.sources += 1;
        void this.sources.refresh();
        break;
      case 'spending_changed':
        this.revisions.spending += 1;
        break;
      case 'files_dropped':
        if (this.attachments.welcome) void this.attachments.add(event.files);
        break;
      case 'settings_changed':
        void this.session.refresh().then((info) => this.settings.accept(info.settings), ignore);
        break;
      default:
        // Somebody speaks or listens: for whoever shows it.
        for (const listener of this.onstream) listener(event);
    }
  }

  /** Saves what is typed, locks, and shows nothing from then on. */
  async lock(): Promise<void> {
    await this.flush();
    this.accept(await this.client.sessionLock());
  }

  /** Somebody is there; told at most every few seconds. */
  touch(now = Date.now()): void {
    if (now - this.lastActive < ACTIVE_MS) return;
    this.lastActive = now;
    void this.client.sessionActive().catch(ignore);
  }

  /** Much was deleted: nothing that was read stays in memory. */
  forgetContent(): void {
    this.attachments.chips = [];
    this.attachments.shown = null;
    this.thread.startNew();
    this.history.opened(null);
    this.search.type('');
    this.search.recent = [];
    void this.history.active.load();
    void this.history.temporary.load();
    void this.filing.load();
    this.talk.leave();
    this.talk.fresh = null;
    void this.talk.load();
    if (this.history.archive.status !== 'idle') void this.history.archive.load();
  }

  /** Saves what waits to be saved; before the window goes away. */
  async flush(): Promise<void> {
    await Promise.all([this.drafts.flush(), this.settings.flush()]);
  }
}

function ignore(): void {
  // The next event or the next visit reads again.
}

const KEY = Symbol('app');

export function provideApp(app: AppState): AppState {
  return setContext(KEY, app);
}

/** The context in which components reach `app`, for one that is mounted by itself. */
export function contextOf(app: AppState): Map<symbol, AppState> {
  return new Map([[KEY, app]]);
}

export function useApp(): AppState {
  return getContext<AppState>(KEY);
}
