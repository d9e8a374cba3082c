import type { AppState } from '../../state/app.svelte';

/** Where the last step led, while the keyboard is nowhere in particular. */
let stepped: string | null = null;

/**
 * Shows the branch before or after the one that is shown: at the message the keyboard is on, or
 * else at the last one that has any. False where there is none; a step of 0 only looks.
 */
export function stepBranch(app: AppState, by: -1 | 0 | 1): boolean {
  const { thread, chat } = app;
  if (thread.arriving !== null || chat.sending) return false;
  const forks = thread.messages.filter((message) => message.row.branch_ids.length > 1);
  const focused = document.activeElement?.closest<HTMLElement>('[data-message-id]')?.dataset['messageId'];
  const message = forks.find((one) => one.id === (focused ?? stepped)) ?? forks.at(-1);
  if (!message) return false;
  const ids = message.row.branch_ids;
  const next = ids[ids.indexOf(message.id) + by];
  if (by !== 0 && next !== undefined) {
    stepped = next;
    void chat.selectBranch(next);
  }
  return true;
}
