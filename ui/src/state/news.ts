import type { WindowEvent } from '../ipc/generated/types';

/** So long what only asks to be read again may wait for more of its kind. */
const WAIT_MS = 100;

/** Say that something is to be read again, and nobody looks at the moment in which it is. */
const MAY_WAIT: ReadonlySet<WindowEvent['type']> = new Set([
  'conversation_changed',
  'ledger_changed',
  'spending_changed',
  'receipts_changed',
  'diagnostics_changed',
]);

/**
 * What the core tells, on its way to the page. A question alone changes its conversation, the
 * ledger and the costs several times, and each is read and drawn anew: what may wait is told once
 * for a while, after everything else.
 */
export class News {
  private readonly waiting = new Map<string, WindowEvent>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (event: WindowEvent) => void) {}

  take(event: WindowEvent): void {
    if (MAY_WAIT.has(event.type)) {
      this.waiting.set(event.type === 'conversation_changed' ? event.id : event.type, event);
      this.timer ??= setTimeout(() => this.flush(), WAIT_MS);
      return;
    }
    // A conversation that is gone is not asked for any more.
    if (event.type === 'conversation_removed') this.waiting.delete(event.id);
    if (event.type === 'content_removed' || event.type === 'session_changed') this.flush();
    this.tell(event);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const events = [...this.waiting.values()];
    this.waiting.clear();
    for (const event of events) this.tell(event);
  }
}
