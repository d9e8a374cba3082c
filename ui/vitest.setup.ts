import { configure } from '@testing-library/svelte';
import { beforeEach } from 'vitest';
import { setLanguage } from './src/i18n/index.svelte';

// Something that comes is waited for as long as a loaded machine needs; something there costs nothing.
configure({ asyncUtilTimeout: 8_000 });

// jsdom draws nothing and so lacks what only drawing needs.
globalThis.matchMedia ??= ((query: string) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
})) as typeof globalThis.matchMedia;
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
if (typeof Element !== 'undefined') {
  Element.prototype.scrollIntoView ??= () => undefined;
  Element.prototype.hasPointerCapture ??= () => false;
  Element.prototype.getAnimations ??= () => [];
}

beforeEach(async () => {
  if (typeof document !== 'undefined') await setLanguage('en');
});
