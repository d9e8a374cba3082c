import { describe, expect, it } from 'vitest';
import { Layout } from './layout';

const layout = (count: number, estimate = 10) => {
  const made = new Layout(() => estimate);
  made.setKeys(Array.from({ length: count }, (_, at) => `k${at}`));
  return made;
};

describe('Layout', () => {
  it('has no height without rows', () => {
    const made = layout(0);
    expect(made.total).toBe(0);
    expect(made.indexAt(100)).toBe(-1);
  });

  it('adds up estimates and measured heights', () => {
    const made = layout(4);
    expect(made.total).toBe(40);
    expect(made.measure('k1', 25)).toBe(true);
    expect(made.measure('k1', 25)).toBe(false);
    expect([0, 1, 2, 3, 4].map((at) => made.offset(at))).toEqual([0, 10, 35, 45, 55]);
  });

  it.each([
    [-5, 0],
    [0, 0],
    [9.9, 0],
    [10, 1],
    [34.9, 1],
    [35, 2],
    [1_000, 3],
  ])('finds the row at %d', (distance, index) => {
    const made = layout(4);
    made.measure('k1', 25);
    expect(made.indexAt(distance)).toBe(index);
  });

  it('keeps heights by key when rows come before', () => {
    const made = layout(2);
    made.measure('k1', 50);
    made.setKeys(['new', 'k0', 'k1']);
    expect(made.offset(2)).toBe(20);
    expect(made.total).toBe(70);
  });

  it('ignores rows it does not have', () => {
    expect(layout(1).measure('other', 5)).toBe(false);
  });

  it('agrees with adding up by hand after many changes', () => {
    const made = layout(500);
    const heights = Array.from({ length: 500 }, () => 10);
    let random = 7;
    for (let turn = 0; turn < 2_000; turn += 1) {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      const at = random % 500;
      const height = 5 + (random % 97);
      heights[at] = height;
      made.measure(`k${at}`, height);
      if (turn % 50 === 0) {
        const upTo = random % 501;
        expect(made.offset(upTo)).toBe(heights.slice(0, upTo).reduce((sum, one) => sum + one, 0));
      }
    }
  });

  it('needs different keys', () => {
    expect(() => new Layout(() => 1).setKeys(['a', 'a'])).toThrow();
  });
});
