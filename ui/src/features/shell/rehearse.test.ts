import { expect, test, vi } from 'vitest';
import { rehearse } from './rehearse';

test('draws for an instant, asks nobody and leaves nothing', () => {
  const failed = vi.spyOn(console, 'error');
  const before = document.documentElement.outerHTML;
  rehearse();
  expect(document.documentElement.outerHTML).toBe(before);
  expect(failed).not.toHaveBeenCalled();
});
