import { render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import ListHost from './test/ListHost.svelte';
import { toldObserver } from './test/observer';

afterEach(() => vi.unstubAllGlobals());

describe('a list whose last row grows', () => {
  it('asks the page for no height, writes no style, and scrolls once', async () => {
    const tell = toldObserver<ResizeObserverEntry>('ResizeObserver');
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
    const asked = vi.spyOn(Element.prototype, 'getBoundingClientRect');
    const items = Array.from({ length: 50 }, (_, at) => ({ key: `k${at}` }));
    const { container } = render(ListHost, { items });
    const box = screen.getByTestId('list');
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }));
    await tick();
    const row = [...container.querySelectorAll('.row')].at(-1);
    if (!row) throw new Error('no row');
    const grow = (height: number) => tell([{ target: row, borderBoxSize: [{ blockSize: height, inlineSize: 300 }] }]);
    // The estimate becomes a height.
    grow(120);
    const styles = new MutationObserver(() => undefined);
    styles.observe(container, { subtree: true, attributes: true });
    asked.mockClear();
    const scrolls: number[] = [];
    Object.defineProperty(box, 'scrollTop', { get: () => scrolls.at(-1) ?? 0, set: (top: number) => scrolls.push(top) });
    grow(144);
    grow(168);
    expect(asked).not.toHaveBeenCalled();
    expect(styles.takeRecords()).toEqual([]);
    expect(scrolls).toHaveLength(2);
    expect((scrolls[1] ?? 0) - (scrolls[0] ?? 0)).toBe(24);
    styles.disconnect();
  });
});
