/** What is opened most, in the order in which it is: its first opening shall be as quick as its second. */
const SOON: readonly (() => Promise<unknown>)[] = [
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

/** Fetches it piece by piece, after the window stands and in between of what else happens. Returns how to stop. */
export function preload(): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const next = (at: number): void => {
    const load = SOON[at];
    if (load) timer = setTimeout(() => void load().then(() => next(at + 1), () => {}), PAUSE_MS);
  };
  next(0);
  return () => clearTimeout(timer);
}
