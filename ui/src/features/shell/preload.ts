/**
 * What is opened most, in the order in which it is: its first opening shall be as quick as its
 * second. The first of it is what shows a conversation.
 */
const SOON: readonly (() => Promise<unknown>)[] = [
  () => import('../chat/MessageList.svelte'),
  () => import('../chat/QuoteButton.svelte'),
  () => import('./commands'),
  () => import('../../kit/PopoverPanel.svelte'),
  () => import('../../kit/MenuPanel.svelte'),
  () => import('../chat/ModelList.svelte'),
  () => import('../chat/ReceiverDetails.svelte'),
  () => import('../search/SearchOverlay.svelte'),
  () => import('../palette/Palette.svelte'),
  () => import('./ConversationMenu.svelte'),
  () => import('../chat/PreviewSheet.svelte'),
  () => import('../settings/SettingsPage.svelte'),
  () => import('../privacy/PrivacyPage.svelte'),
];
const PAUSE_MS = 150;
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;

/**
 * Fetches it piece by piece from the first sign of a person on: a window that nobody uses has
 * nothing it does not show. Tells when that is. Returns how to stop.
 */
export function preload(begun: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = (at: number): void => {
    const load = SOON[at];
    const soon = () => next(at + 1);
    if (load) void load().then(() => (timer = setTimeout(soon, PAUSE_MS)), soon);
  };
  const leave = (): void => {
    for (const sign of SIGNS) removeEventListener(sign, begin, true);
  };
  const begin = (event: Event): void => {
    // A window that opens below the pointer is told where it stands.
    if (event instanceof PointerEvent && event.type === 'pointermove' && event.movementX === 0 && event.movementY === 0) return;
    leave();
    begun();
    next(0);
  };
  for (const sign of SIGNS) addEventListener(sign, begin, { capture: true, passive: true });
  return () => {
    leave();
    clearTimeout(timer);
  };
}
