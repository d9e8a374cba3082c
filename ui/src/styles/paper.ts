import { createSubscriber } from 'svelte/reactivity';
import type { DiagramTheme } from '../ipc/generated/types';

const follow = createSubscriber((update) => {
  const observer = new MutationObserver(update);
  observer.observe(document.documentElement, { attributeFilter: ['class'] });
  return () => observer.disconnect();
});

/** Whether the window is light or dark now; reading it in a template or an effect follows changes. */
export function paper(): DiagramTheme {
  follow();
  return document.documentElement.classList.contains('dark') ? 'dark' : 'light';
}
