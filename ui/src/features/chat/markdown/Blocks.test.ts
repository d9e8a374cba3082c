import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { setLanguage } from '../../../i18n/index.svelte';
import type { Block, Inline } from '../../../ipc/generated/types';
import Blocks from './Blocks.svelte';
import { buildMath } from './math';

beforeAll(() => setLanguage('en'));

const text = (words: string): Inline => ({ type: 'text', text: words });
const paragraph = (...inlines: Inline[]): Block => ({ type: 'paragraph', inlines });
const show = (blocks: Block[], props: object = {}) => render(Blocks, { blocks, ...props }).container;
const html = (blocks: Block[], props: object = {}) =>
  show(blocks, props)
    .querySelector('.stretch')
    ?.innerHTML.replace(/<!--.*?-->/g, '')
    .replace(/ class="[^"]*"/g, '')
    .trim() ?? '';

describe('Blocks', () => {
  it('draws running text without a space too many or too few', () => {
    const words = html([
      paragraph(
        text('a '),
        { type: 'strong', inlines: [text('b')] },
        text(', '),
        { type: 'emphasis', inlines: [text('c')] },
        { type: 'strikethrough', inlines: [text('d')] },
        { type: 'code', text: 'e' },
        { type: 'soft_break' },
        text('f'),
        { type: 'hard_break' },
        text('g'),
      ),
    ]);
    expect(words).toBe(
      '<p>a <strong>b</strong>, <em>c</em><s>d</s><code>e</code> f<br>g</p>',
    );
  });

  it('never reads text as markup', () => {
    const evil = '<img src=x onerror=alert(1)><script>1</script>';
    const container = show([
      paragraph(text(evil), { type: 'code', text: evil }),
      { type: 'html_source', text: evil },
      { type: 'code_block', language: evil, closed: true, lines: [[{ class: 'plain', text: evil }]] },
      { type: 'math', source: evil, mathml: null },
    ]);
    expect(container.querySelector('img, script')).toBeNull();
    expect(container.textContent?.split(evil).length).toBe(7);
  });

  it('has no heading to go to before its words arrived', () => {
    const heading = (words: string): Block => ({ type: 'heading', level: 2, inlines: words === '' ? [] : [text(words)] });
    show([heading(''), heading('Lisbon')]);
    expect(screen.getAllByRole('heading').map((one) => one.textContent)).toEqual(['Lisbon']);
  });

  it('sets headings below those of the page and skips no level', () => {
    const heading = (level: number): Block => ({ type: 'heading', level, inlines: [text(`${level}`)] });
    const container = show([heading(4), heading(2), heading(6), heading(4), heading(2)]);
    const names = [...container.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => one.localName);
    expect(names).toEqual(['h3', 'h3', 'h4', 'h4', 'h3']);
  });

  it('draws lists, their start and tasks', () => {
    const container = show([
      {
        type: 'list',
        ordered_start: 4,
        tight: true,
        items: [
          { task: null, blocks: [paragraph(text('plain'))] },
          { task: true, blocks: [paragraph(text('done'))] },
          { task: false, blocks: [paragraph(text('open'))] },
        ],
      },
    ]);
    expect(container.querySelector('ol')?.getAttribute('start')).toBe('4');
    const boxes = screen.getAllByRole<HTMLInputElement>('checkbox');
    expect(boxes.map((box) => [box.checked, box.disabled])).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  it('draws tables with their alignment', () => {
    show([
      {
        type: 'table',
        alignments: ['none', 'right'],
        header: [[text('h1')], [text('h2')]],
        rows: [[[text('a')], [text('b')]]],
      },
    ]);
    const table = screen.getByRole('table');
    expect(within(table).getByRole('columnheader', { name: 'h2' }).className).toContain('right');
    expect(within(table).getByRole('cell', { name: 'b' }).className).toContain('right');
  });

  it('draws code by lines, with classes, and copies it whole', async () => {
    const user = userEvent.setup();
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    const container = show([
      {
        type: 'code_block',
        language: 'rust',
        closed: true,
        lines: [
          [
            { class: 'keyword', text: 'fn' },
            { class: 'plain', text: ' a() {' },
          ],
          [],
          [{ class: 'plain', text: '}' }],
        ],
      },
    ]);
    expect(container.querySelectorAll('.line')).toHaveLength(3);
    expect(container.querySelector('.keyword')?.textContent).toBe('fn');
    await user.click(screen.getByTestId('code-copy'));
    expect(write).toHaveBeenCalledWith('fn a() {\n\n}');
    expect(screen.getByTestId('code-copy').textContent).toContain('Copied');
    await user.click(screen.getByTestId('code-wrap'));
    expect(container.querySelector('.wrap')).not.toBeNull();
  });

  it('groups the lines of long code so that what is out of sight can be skipped', () => {
    const lines = Array.from({ length: 120 }, (_, at) => [{ class: 'plain' as const, text: `${at}` }]);
    const container = show([{ type: 'code_block', language: null, closed: true, lines }]);
    expect(container.querySelectorAll('.group')).toHaveLength(3);
    expect(container.querySelectorAll('.line')).toHaveLength(120);
  });

  const link: Inline = {
    type: 'link',
    id: 3,
    host: 'xn--bcher-kva.example',
    display: 'https://bücher.example/a',
    kind: 'https',
    inlines: [text('books')],
  };

  it('asks before it opens a link, and has no address to go to', async () => {
    const onLink = vi.fn();
    const container = show([paragraph(link)], { onLink });
    expect(container.querySelector('a, [href]')).toBeNull();
    await userEvent.click(screen.getByRole('link', { name: 'books' }));
    expect(onLink).toHaveBeenCalledWith(3, link);
  });

  it('draws links as text where nobody can open them', () => {
    show([paragraph(link)]);
    expect(screen.queryByRole('link')).toBeNull();
    show([paragraph({ ...link, kind: 'blocked' })], { onLink: vi.fn() });
    expect(screen.queryByRole('link')).toBeNull();
    expect(screen.getAllByText('books')).toHaveLength(2);
  });

  it('loads no image', async () => {
    const onLink = vi.fn();
    const image: Inline = { type: 'image', id: 1, host: 'img.example', alt: 'A cat' };
    const container = show([paragraph(image)], { onLink });
    expect(container.querySelector('img, picture, [src]')).toBeNull();
    expect(container.textContent).toContain('A cat');
    expect(container.textContent).toContain('img.example');
    await userEvent.click(screen.getByTestId('message-image'));
    expect(onLink).toHaveBeenCalledWith(1, image);
  });

  it('leads from a reference to its footnote', async () => {
    Element.prototype.scrollIntoView = vi.fn();
    show([
      paragraph(text('x'), { type: 'footnote_ref', label: 'n', number: 1 }),
      { type: 'footnote_definition', label: 'n', number: 1, blocks: [paragraph(text('note'))] },
    ]);
    await userEvent.click(screen.getByRole('button', { name: 'Footnote 1' }));
    expect(document.activeElement).toBe(screen.getByRole('note'));
  });

  it('draws no mark of a source that nobody knows', () => {
    expect(html([paragraph(text('x'), { type: 'citation_ref', number: 3 })])).toBe('<p>x</p>');
  });

  it('draws quotes and rules', () => {
    expect(html([{ type: 'quote', blocks: [paragraph(text('q'))] }, { type: 'rule' }])).toBe(
      '<blockquote><p>q</p></blockquote><hr>',
    );
  });

  it('draws formulas as MathML and broken ones as their source', () => {
    const container = show([
      {
        type: 'math',
        source: 'x^2',
        mathml: {
          type: 'element',
          name: 'math',
          attributes: [{ name: 'display', value: 'block' }],
          children: [
            { type: 'element', name: 'mi', attributes: [], children: [{ type: 'text', text: 'x' }] },
          ],
        },
      },
      paragraph({ type: 'math', source: '\\broken', mathml: null, display: false }),
    ]);
    const math = container.querySelector('math');
    expect(math?.namespaceURI).toBe('http://www.w3.org/1998/Math/MathML');
    expect(math?.getAttribute('display')).toBe('block');
    expect(container.textContent).toContain('\\broken');
  });

  it.each<[string, Block]>([
    ['a paragraph', paragraph(text('a'))],
    ['a list', { type: 'list', ordered_start: null, tight: true, items: [{ task: null, blocks: [paragraph(text('a'))] }] }],
    ['code', { type: 'code_block', language: null, closed: false, lines: [[{ class: 'plain', text: 'a' }]] }],
    ['a quote', { type: 'quote', blocks: [paragraph(text('a'))] }],
    ['a table', { type: 'table', alignments: ['none'], header: [[text('h')]], rows: [] }],
    ['a rule', { type: 'rule' }],
  ])('shows one caret behind %s', (_, block) => {
    expect(show([paragraph(text('before')), block], { caret: true }).querySelectorAll('.caret')).toHaveLength(1);
  });

  it('shows a caret before the first word', () => {
    expect(show([], { caret: true }).querySelectorAll('.caret')).toHaveLength(1);
  });

  it('keeps the elements of blocks that did not change', async () => {
    const first = paragraph(text('first'));
    const { container, rerender } = render(Blocks, { blocks: [first, paragraph(text('tail'))] });
    const before = container.querySelector('p');
    await rerender({ blocks: [first, paragraph(text('tail grows'))] });
    expect(container.querySelector('p')).toBe(before);
    expect(container.textContent).toContain('tail grows');
  });
});

describe('buildMath', () => {
  it('makes nothing that is not on its lists', () => {
    const node = buildMath({
      type: 'element',
      name: 'script' as 'mi',
      attributes: [
        { name: 'onclick' as 'width', value: 'alert' },
        { name: 'width', value: 'url(x)' },
        { name: 'height', value: '2em' },
        { name: 'class', value: 'menv-cases visually-hidden' },
      ],
      children: [{ type: 'text', text: '<b>' }],
    }) as Element;
    expect(node.localName).toBe('mrow');
    expect([...node.attributes].map((attribute) => attribute.name)).toEqual(['height']);
    expect(node.textContent).toBe('<b>');
    expect(node.children).toHaveLength(0);
  });
});
