import { render } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import ListHost from './test/ListHost.svelte';

const items = Array.from({ length: 50 }, (_, at) => ({ key: `k${at}` }));

/** The rows that were drawn at any time, and how often the start came near. */
async function shown(start?: () => string) {
  const ondraw = vi.fn<(key: string) => void>();
  const onNearStart = vi.fn();
  const list = render(ListHost, { items: [], start, onNearStart, ondraw });
  // As in the window: the list is there before what it shows.
  await list.rerender({ items });
  const drawn = ondraw.mock.calls.map(([key]) => Number(key.slice(1)));
  return { drawn, near: onNearStart.mock.calls.length };
}

describe('a list', () => {
  beforeEach(() => {
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
  });

  it('draws nothing but what it shows where it begins at its end', async () => {
    const { drawn, near } = await shown(() => 'end');
    expect(Math.min(...drawn)).toBeGreaterThan(40);
    expect(Math.max(...drawn)).toBe(49);
    expect(near).toBe(0);
  });

  it('begins at a row in the middle', async () => {
    const { drawn, near } = await shown(() => 'k25');
    expect([Math.min(...drawn) > 15, drawn.includes(25), Math.max(...drawn) < 35]).toEqual([true, true, true]);
    expect(near).toBe(0);
  });

  it('begins at its top where nothing else is said', async () => {
    const { drawn, near } = await shown();
    expect(Math.min(...drawn)).toBe(0);
    expect(near).toBeGreaterThan(0);
  });
});
