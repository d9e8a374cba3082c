import type { Settings } from '../ipc/generated/types';

const dark = () => matchMedia('(prefers-color-scheme: dark)');

/** Puts the person's theme and text size on the page, and follows the system where they chose so. Returns the way to stop. */
export function applyAppearance(settings: Pick<Settings, 'theme' | 'text_percent'>): () => void {
  const root = document.documentElement;
  const system = dark();
  const paint = () => {
    const isDark =
      settings.theme === 'dark' || ((settings.theme === 'system' || settings.theme === 'high_contrast') && system.matches);
    root.classList.toggle('dark', isDark);
    root.classList.toggle('light', !isDark);
    root.classList.toggle('high-contrast', settings.theme === 'high_contrast');
  };
  // Writing it anew would have the whole page measured anew, though it says the same.
  const percent = String(settings.text_percent);
  if (root.style.getPropertyValue('--text-percent') !== percent) root.style.setProperty('--text-percent', percent);
  paint();
  system.addEventListener('change', paint);
  return () => system.removeEventListener('change', paint);
}
