import { render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { toldObserver } from './test/observer';
import PartsHost from './test/PartsHost.svelte';

afterEach(() => vi.unstubAllGlobals());

it('keeps what is read in its place when several parts above it grow in one go', async () => {
  const tell = toldObserver<IntersectionObserverEntry>('IntersectionObserver');
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
  // Three rows of 1,000; the middle one has two parts of 100 at its beginning, each of 500 once it is drawn.
  let scrolled = 0;
  const height = (one: Element) => (one.getAttribute('data-drawn') === 'true' ? 500 : 100);
  const parts = () => [...document.querySelectorAll('[data-part]')];
  const rows = () => [...document.querySelectorAll('.row')];
  const grown = () => parts().reduce((sum, one) => sum + height(one) - 100, 0);
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
    const rect = (top: number, tall: number) => ({ top: top - scrolled, height: tall }) as DOMRect;
    const part = parts().indexOf(this);
    if (part >= 0) {
      const above = parts().slice(0, part).reduce((sum, one) => sum + height(one), 0);
      return rect(1_000 + above, height(this));
    }
    const row = rows().indexOf(this);
    if (row >= 0) return rect(0, this.querySelector('[data-part]') ? 1_000 + grown() : 1_000);
    return { top: 0, height: 400 } as DOMRect;
  });
  render(PartsHost, { parts: ['first', 'second'] });
  const box = screen.getByTestId('list');
  Object.defineProperty(box, 'scrollTop', { get: () => scrolled, set: (top: number) => (scrolled = top) });
  // Both parts are above the view.
  scrolled = 1_300;
  box.dispatchEvent(new Event('scroll'));
  await tick();
  tell(parts().map((target) => ({ target, isIntersecting: true })));
  expect(grown()).toBe(800);
  expect(scrolled).toBe(2_100);
});
