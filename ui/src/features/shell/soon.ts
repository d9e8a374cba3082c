/**
 * What is opened most, in the order in which it is: its first opening shall be as quick as its
 * second. The first of it is what shows a conversation, and that is rehearsed.
 */
const SOON: readonly (() => Promise<unknown>)[] = [
  () => import('../chat/MessageList.svelte'),
  () => import('./rehearse').then(({ rehearse }) => rehearse()),
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

/** Fetches it piece by piece. Returns how to stop. */
export function fetchSoon(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = (at: number): void => {
    const load = SOON[at];
    const soon = () => next(at + 1);
    if (load) void load().then(() => (timer = setTimeout(soon, PAUSE_MS)), soon);
  };
  next(0);
  return () => clearTimeout(timer);
}
