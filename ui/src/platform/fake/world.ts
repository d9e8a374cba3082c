import type {
  ClearedRow,
  ApiError,
  AttachmentFile,
  AttachmentTold,
  ConsentRow,
  BudgetRow,
  ConversationRow,
  Instructions,
  LedgerRow,
  MessageRow,
  PrivacyRequest,
  Receipt,
  SessionState,
  Settings,
  SourceRow,
  StorageMode,
  Theme,
  WindowEvent,
} from '../../ipc/generated/types';
import { consentsSeed, conversationSeed, ledgerSeed, receiptSeed, requestSeed, sourceSeed } from './seed';

export interface FakeOptions {
  state?: SessionState;
  setupDone?: boolean;
  hasPassphrase?: boolean;
  conversations?: number;
  /** How many requests the ledger has. */
  ledger?: number;
  theme?: Theme;
  language?: string | undefined;
  textPercent?: number;
  offline?: boolean;
  /** Nothing was done yet: no conversation, no ledger, no receipt. */
  empty?: boolean;
  wordsPerSecond?: number;
  /** A guardian set the app up. */
  supervised?: boolean;
  /** The policy in force was not accepted yet. */
  policyPending?: boolean;
  /** The computer tells nobody that it sleeps. */
  deaf?: boolean;
  /** Conversations that have everything in them. */
  show?: boolean;
}

/** What the core would keep. */
export class FakeWorld {
  state: SessionState;
  setupDone: boolean;
  supervised = false;
  unlockedUntil: number | null = null;
  unlockedOnce = false;
  /** A new version is in force and was not accepted. */
  policyPending: boolean;
  policyScheduled = false;
  hasPassphrase: boolean;
  hears: boolean;
  readonly shows: boolean;
  storage: StorageMode = 'keychain';
  offline: boolean;
  wordsPerSecond: number;
  settings: Settings;
  conversations: ConversationRow[];
  messages = new Map<string, MessageRow[]>();
  budgets: BudgetRow[] = [];
  drafts = new Map<string, string>();
  /** How conversations are asked. */
  instructions = new Map<string, Instructions>();
  sources: SourceRow[];
  defaultSource: string;
  ledger: LedgerRow[];
  keepMonths: number | null = null;
  cleared: ClearedRow[] = [];
  redactNames: string[] = ['Zoë Müller'];
  receipts: Receipt[];
  requests: PrivacyRequest[];
  consents: ConsentRow[];
  acceptedAt: number | null;
  recent: string[] = [];
  /** Files by id, those beside unsent texts, and what answers' sources were given. */
  readonly files = new Map<string, AttachmentFile>();
  readonly besides = new Map<string, string[]>();
  /** Names of files that were dropped on the window. */
  readonly dropped = new Map<number, string>();
  readonly told = new Map<string, AttachmentTold[]>();
  readonly erasing = new Map<string, () => void>();
  readonly started = Date.now();
  #listener: (event: WindowEvent) => void = () => undefined;
  #ids = 0;

  constructor(options: FakeOptions) {
    this.state = options.state ?? 'ready';
    this.setupDone = options.setupDone ?? true;
    this.hasPassphrase = options.hasPassphrase ?? false;
    this.shows = options.show ?? false;
    this.hears = !(options.deaf ?? false);
    this.offline = options.offline ?? false;
    this.wordsPerSecond = options.wordsPerSecond ?? 40;
    this.settings = {
      theme: options.theme ?? 'system',
      language: options.language ?? null,
      send_key: 'enter',
      list_width: 272,
      list_collapsed: false,
      text_percent: options.textPercent ?? 100,
    };
    const fresh = (options.empty ?? false) || !this.setupDone;
    this.acceptedAt = this.setupDone ? this.started - 9 * 86_400_000 : null;
    this.sources = sourceSeed(fresh);
    this.defaultSource = this.sources[0]?.id ?? '';
    this.conversations = fresh ? [] : conversationSeed(this, options.conversations ?? 40);
    this.ledger = fresh ? [] : ledgerSeed(this.started, this.conversations, options.ledger ?? 250);
    this.receipts = fresh ? [] : receiptSeed(this.started);
    this.requests = fresh ? [] : requestSeed(this.started);
    this.supervised = options.supervised ?? false;
    this.policyPending = options.policyPending ?? false;
    this.consents = consentsSeed(this.acceptedAt).map((row) => ({ ...row, locked: this.supervised && row.optional }));
  }

  listen(listener: (event: WindowEvent) => void): void {
    this.#listener = listener;
  }

  emit(event: WindowEvent): void {
    this.#listener(structuredClone(event));
  }

  /** An id in the shape of a UUIDv7. */
  id(): string {
    this.#ids += 1;
    return `019ab0c0-0000-7000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }
}

/** A failure as the core would send it. */
export function apiError(code: string, message: string, kept = '', next = ''): ApiError {
  return { code, message, kept, next, retry_after_ms: null };
}
