import type { SendKey } from '../ipc/generated/types';

type Key = Pick<
  KeyboardEvent,
  'key' | 'keyCode' | 'isComposing' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'timeStamp'
>;

/** What input methods report while they process a key themselves. */
const PROCESSED = 229;

/**
 * WebKit ends a composition before it delivers the Enter that ended it, and then says that
 * nothing is being composed. An Enter this soon after the end belongs to the input method.
 */
const AFTER_COMPOSITION_MS = 60;

/** Decides whether a key sends. Never while an input method composes. */
export class EnterKey {
  private composing = false;
  private endedAt = -Infinity;

  compositionStart(): void {
    this.composing = true;
  }

  compositionEnd(timeStamp: number): void {
    this.composing = false;
    this.endedAt = timeStamp;
  }

  /** Whether a key belongs to the input method. */
  composes(event: Key): boolean {
    if (this.composing || event.isComposing || event.keyCode === PROCESSED) return true;
    return event.timeStamp - this.endedAt < AFTER_COMPOSITION_MS;
  }

  sends(event: Key, sendKey: SendKey): boolean {
    if (event.key !== 'Enter' || event.altKey || this.composes(event)) return false;
    const mod = event.ctrlKey || event.metaKey;
    if (sendKey === 'mod_enter') return mod && !event.shiftKey;
    return !event.shiftKey && !mod;
  }
}
