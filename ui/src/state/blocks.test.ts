import { describe, expect, it } from 'vitest';
import type { Block, BlockOp, Inline } from '../ipc/generated/types';
import { applyOps } from './blocks';

const text = (words: string): Inline => ({ type: 'text', text: words });
const paragraph = (...inlines: Inline[]): Block => ({ type: 'paragraph', inlines });
const code = (...lines: string[]): Block => ({
  type: 'code_block',
  language: 'rust',
  closed: false,
  lines: lines.map((line) => (line === '' ? [] : [{ class: 'plain', text: line }])),
});

function check(before: Block[], ops: BlockOp[], after: Block[]): void {
  const copy = structuredClone(before);
  const applied = applyOps(before, ops);
  expect(applied).toEqual({ blocks: after, fits: true });
  expect(before, 'the tree that is shown is never changed').toEqual(copy);
}

describe('applyOps', () => {
  it('appends text to text, code and HTML source', () => {
    check([paragraph(text('a'))], [{ type: 'append_text', path: [0, 0], text: 'b' }], [
      paragraph(text('ab')),
    ]);
    check(
      [paragraph({ type: 'code', text: 'x' })],
      [{ type: 'append_text', path: [0, 0], text: 'y' }],
      [paragraph({ type: 'code', text: 'xy' })],
    );
    check(
      [{ type: 'html_source', text: '<b' }],
      [{ type: 'append_text', path: [0], text: '>' }],
      [{ type: 'html_source', text: '<b>' }],
    );
  });

  it('appends to the text of a link inside emphasis', () => {
    const link = (words: string): Inline => ({
      type: 'link',
      id: 0,
      host: 'example.org',
      display: 'https://example.org/',
      kind: 'https',
      inlines: [text(words)],
    });
    check(
      [paragraph(text('see '), { type: 'emphasis', inlines: [link('he')] })],
      [{ type: 'append_text', path: [0, 1, 0, 0], text: 're' }],
      [paragraph(text('see '), { type: 'emphasis', inlines: [link('here')] })],
    );
  });

  it('splits text for a code block at line feeds', () => {
    check([code('fn a')], [{ type: 'append_text', path: [0], text: '() {\n\n}' }], [
      code('fn a() {', '', '}'),
    ]);
    check([code('')], [{ type: 'append_text', path: [0], text: 'x\n' }], [code('x', '')]);
  });

  it('appends to one line of a code block', () => {
    check([code('a', 'b')], [{ type: 'append_text', path: [0, 1], text: 'c' }], [code('a', 'bc')]);
    check([code('')], [{ type: 'append_text', path: [0, 0], text: 'c' }], [code('c')]);
  });

  it('pushes blocks at the top and inside', () => {
    check([], [{ type: 'push_block', path: [], block: paragraph(text('a')) }], [
      paragraph(text('a')),
    ]);
    check(
      [{ type: 'list', ordered_start: null, tight: true, items: [{ task: null, blocks: [] }] }],
      [{ type: 'push_block', path: [0, 0], block: paragraph(text('item')) }],
      [
        {
          type: 'list',
          ordered_start: null,
          tight: true,
          items: [{ task: null, blocks: [paragraph(text('item'))] }],
        },
      ],
    );
  });

  it('replaces a tail and a range in every kind of sequence', () => {
    check(
      [paragraph(text('a')), paragraph(text('b'))],
      [
        {
          type: 'replace_tail',
          path: [],
          from_index: 1,
          nodes: { type: 'blocks', blocks: [{ type: 'rule' }] },
        },
      ],
      [paragraph(text('a')), { type: 'rule' }],
    );
    check(
      [code('a', 'b', 'c')],
      [
        {
          type: 'replace_range',
          path: [0],
          from_index: 1,
          count: 1,
          nodes: { type: 'lines', lines: [[{ class: 'keyword', text: 'B' }], []] },
        },
      ],
      [
        {
          type: 'code_block',
          language: 'rust',
          closed: false,
          lines: [
            [{ class: 'plain', text: 'a' }],
            [{ class: 'keyword', text: 'B' }],
            [],
            [{ class: 'plain', text: 'c' }],
          ],
        },
      ],
    );
    const table = (rows: Inline[][][]): Block => ({
      type: 'table',
      alignments: ['none'],
      header: [[text('h')]],
      rows,
    });
    check(
      [table([[[text('1')]]])],
      [
        { type: 'replace_tail', path: [0], from_index: 1, nodes: { type: 'rows', rows: [[[text('2')]]] } },
        { type: 'replace_tail', path: [0, 1, 0], from_index: 0, nodes: { type: 'inlines', inlines: [text('3')] } },
        { type: 'append_text', path: [0, 0, 0, 0], text: '!' },
      ],
      [table([[[text('1!')]], [[text('3')]]])],
    );
  });

  it('updates the fields of a block and keeps its children', () => {
    check(
      [code('a')],
      [
        {
          type: 'update_block',
          path: [0],
          block: { type: 'code_block', language: 'rust', lines: [], closed: true },
        },
      ],
      [{ type: 'code_block', language: 'rust', closed: true, lines: [[{ class: 'plain', text: 'a' }]] }],
    );
  });

  it('keeps the identity of what did not change', () => {
    const before = [paragraph(text('a')), code('x', 'y'), paragraph(text('b'))];
    const { blocks } = applyOps(before, [{ type: 'append_text', path: [1, 1], text: 'z' }]);
    expect(blocks[0]).toBe(before[0]);
    expect(blocks[2]).toBe(before[2]);
    const lines = (block: Block | undefined) => (block?.type === 'code_block' ? block.lines : []);
    expect(lines(blocks[1])[0]).toBe(lines(before[1])[0]);
    expect(lines(blocks[1])[1]).not.toBe(lines(before[1])[1]);
  });

  it.each<[string, BlockOp]>([
    ['a path that leads nowhere', { type: 'append_text', path: [4], text: 'x' }],
    ['an empty path', { type: 'append_text', path: [], text: 'x' }],
    ['text for a leaf', { type: 'append_text', path: [1], text: 'x' }],
    ['a block among inlines', { type: 'push_block', path: [0], block: { type: 'rule' } }],
    [
      'nodes of another kind',
      { type: 'replace_tail', path: [0], from_index: 0, nodes: { type: 'lines', lines: [] } },
    ],
    [
      'a tail behind the end',
      { type: 'replace_tail', path: [], from_index: 9, nodes: { type: 'blocks', blocks: [] } },
    ],
    [
      'a range behind the end',
      { type: 'replace_range', path: [], from_index: 1, count: 5, nodes: { type: 'blocks', blocks: [] } },
    ],
    ['another type of block', { type: 'update_block', path: [0], block: { type: 'rule' } }],
  ])('says that it does not fit: %s', (_, op) => {
    const before = [paragraph(text('a')), { type: 'rule' } as Block];
    expect(applyOps(before, [op])).toEqual({ blocks: before, fits: false });
  });
});
