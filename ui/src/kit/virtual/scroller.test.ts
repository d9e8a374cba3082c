import { describe, expect, it } from 'vitest';
import { Scroller } from './scroller';

const keys = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `k${from + at}`);

/** A list of rows 100 high in a view of 400, as the component drives it. */
function list(from: number, to: number) {
  const scroller = new Scroller(() => 100);
  scroller.viewport = 400;
  scroller.setKeys(keys(from, to));
  const draw = () => scroller.place(scroller.range());
  /** Where a row is on the screen. */
  const y = (key: string) => {
    const placement = draw();
    const index = scroller.layout.indexOf(key);
    const { start } = scroller.range();
    const top = placement.scrollTo ?? scroller.scrollTop;
    return placement.top + scroller.layout.offset(index) - scroller.layout.offset(start) - top;
  };
  return { scroller, draw, y };
}

describe('Scroller', () => {
  it('draws the view and as much again on both sides', () => {
    const { scroller } = list(0, 100);
    scroller.scrolled(2_000);
    expect(scroller.range()).toEqual({ start: 16, end: 29 });
  });

  it('draws less around it until somebody scrolls', () => {
    const { scroller } = list(0, 100);
    expect(scroller.range()).toEqual({ start: 0, end: 7 });
    scroller.scrolled(10);
    expect(scroller.range()).toEqual({ start: 0, end: 9 });
  });

  it('draws nothing without rows', () => {
    const { scroller, draw } = list(0, 0);
    expect(scroller.range()).toEqual({ start: 0, end: 0 });
    expect(draw()).toEqual({ top: 0, below: 0, scrollTo: null });
  });

  it('keeps what is read in place when rows above turn out higher', () => {
    const { scroller, draw, y } = list(0, 100);
    scroller.scrolled(2_050);
    scroller.settle();
    expect(y('k20')).toBe(-50);
    scroller.layout.measure('k3', 340);
    const placement = draw();
    expect(placement.scrollTo).toBe(2_290);
    expect(y('k20')).toBe(-50);
  });

  it('does not touch the scroll position while the reader moves, and pays later', () => {
    const { scroller, draw, y } = list(0, 100);
    scroller.scrolled(2_050);
    scroller.layout.measure('k3', 340);
    expect(draw().scrollTo).toBeNull();
    expect(y('k20')).toBe(-50);
    scroller.settle();
    expect(draw().scrollTo).toBe(2_290);
    expect(y('k20')).toBe(-50);
    expect(scroller.shift).toBe(0);
  });

  it('pays at once where the owed rows would be out of reach', () => {
    const { scroller, draw, y } = list(20, 60);
    scroller.scrolled(50);
    const before = y('k20');
    scroller.setKeys(keys(0, 60));
    expect(draw().scrollTo).toBe(2_050);
    expect(y('k20')).toBe(before);
    expect(scroller.shift).toBe(0);
  });

  it('owes while there is way to go, and lets the reader reach the first row', () => {
    const { scroller, draw } = list(20, 60);
    scroller.scrolled(1_500);
    scroller.setKeys(keys(0, 60));
    expect(draw().scrollTo).toBeNull();
    expect(scroller.shift).toBe(2_000);
    for (let turn = 0; turn < 60; turn += 1) {
      scroller.scrolled(Math.max(0, scroller.scrollTop - 100));
      draw();
    }
    expect(scroller.contentTop).toBe(0);
    expect(scroller.shift).toBe(0);
  });

  it('keeps its place when a page is put before', () => {
    const { scroller, y } = list(20, 60);
    scroller.scrolled(350);
    scroller.settle();
    const before = y('k23');
    scroller.setKeys(keys(0, 60));
    expect(y('k23')).toBe(before);
  });

  it('lets the next row take over when the anchor goes', () => {
    const { scroller, y } = list(0, 60);
    scroller.scrolled(1_020);
    scroller.settle();
    expect(scroller.anchor?.key).toBe('k10');
    scroller.setKeys(keys(0, 60).filter((key) => key !== 'k10'));
    expect(y('k11')).toBe(-20);
  });

  it('follows the end while it grows, until the reader goes up', () => {
    const { scroller, draw, y } = list(0, 10);
    scroller.toEnd();
    expect(draw().scrollTo).toBe(600);
    scroller.layout.measure('k9', 260);
    expect(draw().scrollTo).toBe(760);
    scroller.scrolled(700);
    expect(scroller.stick).toBe(false);
    const before = y('k8');
    scroller.layout.measure('k9', 900);
    scroller.setKeys(keys(0, 12));
    expect(y('k8'), 'nothing moves').toBe(before);
    expect(scroller.atEnd).toBe(false);
  });

  it('follows again when the reader comes back to the end', () => {
    const { scroller, draw } = list(0, 10);
    scroller.toEnd();
    draw();
    scroller.scrolled(300);
    expect(scroller.stick).toBe(false);
    scroller.scrolled(590);
    expect(scroller.stick).toBe(true);
  });

  it('stops following with the first wheel tick, before anything has moved', () => {
    const { scroller, draw } = list(0, 10);
    scroller.toEnd();
    draw();
    scroller.release();
    scroller.layout.measure('k9', 400);
    expect(draw().scrollTo).toBeNull();
  });

  it('keeps what is read in place when the same row grows above the view', () => {
    const { scroller, draw } = list(0, 100);
    scroller.scrolled(2_050);
    scroller.settle();
    draw();
    const key = scroller.anchor?.key ?? '';
    scroller.grewAbove('k1', 70);
    expect(scroller.anchor?.top).toBe(-50);
    scroller.grewAbove(key, 70);
    scroller.layout.measure(key, 170);
    expect(draw().scrollTo).toBe(2_120);
  });

  it('brings a row to the middle, also when heights become known later', () => {
    const { scroller, y } = list(0, 100);
    scroller.toKey('k50', 'center');
    expect(y('k50')).toBe(150);
    for (const key of keys(40, 56)) scroller.layout.measure(key, 130);
    expect(y('k50')).toBe(135);
    scroller.scrolled(scroller.scrollTop + 30);
    expect(y('k50')).toBe(105);
  });

  it('shows the beginning of a row that is higher than the view', () => {
    const { scroller, y } = list(0, 100);
    scroller.layout.measure('k50', 900);
    scroller.toKey('k50', 'center');
    expect(y('k50')).toBe(0);
  });

  it('does not scroll beyond the ends', () => {
    const { scroller, y } = list(0, 10);
    scroller.toKey('k9', 'start');
    expect(y('k9')).toBe(300);
    scroller.toKey('k0', 'center');
    expect(y('k0')).toBe(0);
    const short = list(0, 2);
    short.scroller.toEnd();
    expect(short.y('k0')).toBe(0);
  });

  it('never leaves the view blank in ten thousand rows of any height', () => {
    const scroller = new Scroller(() => 40);
    scroller.viewport = 800;
    scroller.setKeys(keys(0, 10_000));
    const real = (index: number) => 20 + ((index * 7_919) % 400);
    const measureDrawn = () => {
      for (;;) {
        const range = scroller.range();
        let changed = false;
        for (let at = range.start; at < range.end; at += 1) {
          changed = scroller.layout.measure(`k${at}`, real(at)) || changed;
        }
        const placement = scroller.place(range);
        if (!changed) return { range, placement };
      }
    };
    let random = 1;
    for (let turn = 0; turn < 400; turn += 1) {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      const far = random % 5 === 0;
      const step = far ? (random % 200_000) - 100_000 : (random % 2_000) - 900;
      const most = Math.max(0, scroller.layout.total - scroller.shift - scroller.viewport);
      scroller.scrolled(Math.min(Math.max(0, scroller.scrollTop + step), most));
      if (random % 3 === 0) scroller.settle();
      const { range, placement } = measureDrawn();
      const top = placement.top - scroller.scrollTop;
      const bottom =
        top + scroller.layout.offset(range.end) - scroller.layout.offset(range.start);
      expect(top, `turn ${turn}`).toBeLessThanOrEqual(0.5);
      expect(bottom, `turn ${turn}`).toBeGreaterThanOrEqual(800 - 0.5);
      expect(scroller.scrollTop).toBeGreaterThanOrEqual(0);
    }
  });
});
