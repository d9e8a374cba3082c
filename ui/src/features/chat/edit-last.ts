import type { AppState } from '../../state/app.svelte';

/** Begins to edit the last question of what is shown. False where there is none, or something is under way. */
export function editLast(app: AppState): boolean {
  const { thread, chat } = app;
  const last = thread.messages.findLast((message) => message.row.role === 'user');
  if (!last || thread.arriving !== null || chat.sending) return false;
  chat.editing = last.id;
  // A long answer may have left it far above.
  void thread.jump(last.id);
  return true;
}
