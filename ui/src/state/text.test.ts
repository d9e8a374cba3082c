import { describe, expect, it } from 'vitest';
import type { Block, BlockOp } from '../ipc/generated/types';
import { applyOps } from './blocks';
import { ShownText, STRETCH } from './text.svelte';

const paragraph = (words: string): Block => ({ type: 'paragraph', inlines: [{ type: 'text', text: words }] });
const heading = (level: number): Block => ({ type: 'heading', level, inlines: [] });
const paragraphs = (count: number) => Array.from({ length: count }, (_, at) => paragraph(`${at}`));

/** A block that tells when somebody looks at it. */
function watched(block: Block, looked: () => void): Block {
  return new Proxy(block, {
    get(target, key) {
      looked();
      return Reflect.get(target, key) as unknown;
    },
  });
}

function take(text: ShownText, ops: BlockOp[]): boolean {
  const draft = text.draft(ops);
  if (draft) text.show(draft);
  return draft !== null;
}

describe('ShownText', () => {
  it('is the same tree as the one that is not cut in stretches', () => {
    const text = new ShownText();
    let whole: Block[] = [];
    const steps: BlockOp[][] = [];
    for (let at = 0; at < 5 * STRETCH; at += 1) {
      steps.push([
        { type: 'push_block', path: [], block: paragraph(`${at}`) },
        { type: 'append_text', path: [at, 0], text: ' more' },
      ]);
    }
    const last = 5 * STRETCH - 1;
    steps.push(
      [{ type: 'replace_tail', path: [last], from_index: 0, nodes: { type: 'inlines', inlines: [{ type: 'code', text: 'x' }] } }],
      [{ type: 'replace_range', path: [], from_index: STRETCH + 1, count: 2, nodes: { type: 'blocks', blocks: paragraphs(5) } }],
      [{ type: 'update_block', path: [2], block: { type: 'paragraph', inlines: [] } }],
      [{ type: 'replace_tail', path: [], from_index: STRETCH, nodes: { type: 'blocks', blocks: [] } }],
      [{ type: 'push_block', path: [], block: paragraph('again') }],
      [{ type: 'replace_tail', path: [], from_index: 0, nodes: { type: 'blocks', blocks: [] } }],
    );
    for (const ops of steps) {
      whole = applyOps(whole, ops).blocks;
      expect(take(text, ops)).toBe(true);
      expect(text.blocks).toEqual(whole);
      const sizes = text.stretches.map((stretch) => stretch.blocks.length);
      expect(sizes.slice(0, -1).every((size) => size === STRETCH)).toBe(true);
    }
    expect(text.isEmpty).toBe(true);
  });

  it.each([20, 2_000])('looks at no closed stretch when a piece arrives behind %i blocks', (count) => {
    let looks = 0;
    const closed = paragraphs(count).map((block) => watched(block, () => (looks += 1)));
    const text = new ShownText([...closed, paragraph('tail')]);
    const before = text.stretches;
    const kept = before.map((stretch) => stretch.blocks);
    looks = 0;
    expect(take(text, [{ type: 'append_text', path: [count, 0], text: ' grows' }])).toBe(true);
    // The level of headings is looked for in the stretch that changed.
    expect(looks).toBeLessThan(3 * STRETCH);
    expect(text.stretches).toBe(before);
    const changed = text.stretches.filter((stretch, at) => stretch.blocks !== kept[at]);
    expect(changed).toEqual([text.stretches.at(-1)]);
  });

  it('changes nothing if one operation does not fit', () => {
    const text = new ShownText(paragraphs(STRETCH + 1));
    const before = text.blocks;
    expect(
      take(text, [
        { type: 'append_text', path: [STRETCH, 0], text: 'x' },
        { type: 'append_text', path: [STRETCH + 7, 0], text: 'y' },
      ]),
    ).toBe(false);
    expect(text.blocks).toEqual(before);
  });

  it('keeps what says the same when the whole is read again', () => {
    const text = new ShownText(paragraphs(3 * STRETCH));
    const before = text.stretches.map((stretch) => stretch.blocks);
    const read = structuredClone(text.blocks);
    text.accept(read);
    expect(text.stretches.map((stretch) => stretch.blocks)).toEqual(before);
    expect(text.stretches.every((stretch, at) => stretch.blocks === before[at])).toBe(true);
    read[STRETCH] = paragraph('another');
    text.accept(read);
    expect(text.stretches.map((stretch, at) => stretch.blocks === before[at])).toEqual([true, false, true]);
  });

  it('gives headings the levels of the whole text', () => {
    const text = new ShownText([heading(4), ...paragraphs(STRETCH), heading(6)]);
    const levels = () => text.stretches.flatMap((stretch) => stretch.levels).filter((level) => level !== undefined);
    expect(levels()).toEqual([3, 4]);
    take(text, [{ type: 'push_block', path: [], block: heading(2) }]);
    expect(levels()).toEqual([3, 4, 3]);
    take(text, [{ type: 'replace_tail', path: [], from_index: 1, nodes: { type: 'blocks', blocks: [] } }]);
    expect(levels()).toEqual([3]);
  });
});
