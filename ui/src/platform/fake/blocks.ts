import type { Block, Inline } from '../../ipc/generated/types';

export const text = (words: string): Inline => ({ type: 'text', text: words });
/** The mark of a source. */
export const mark = (number: number): Inline => ({ type: 'citation_ref', number });
export const paragraph = (...inlines: (string | Inline)[]): Block => ({
  type: 'paragraph',
  inlines: inlines.map((inline) => (typeof inline === 'string' ? text(inline) : inline)),
});
export const heading = (level: number, words: string): Block => ({ type: 'heading', level, inlines: [text(words)] });
export const list = (items: string[]): Block => ({
  type: 'list',
  ordered_start: null,
  tight: true,
  items: items.map((item) => ({ task: null, blocks: [paragraph(item)] })),
});
export const code = (language: string, source: string): Block => ({
  type: 'code_block',
  language,
  closed: true,
  lines: source.split('\n').map((line) =>
    line
      .split(/("[^"]*")/)
      .filter(Boolean)
      .map((piece) => ({ class: piece.startsWith('"') ? 'string' : 'plain', text: piece })),
  ),
});
export const table = (header: string[], rows: string[][]): Block => ({
  type: 'table',
  alignments: header.map(() => 'none'),
  header: header.map((cell) => [text(cell)]),
  rows: rows.map((row) => row.map((cell) => [text(cell)])),
});

/** The answer that arrives to every question. */
export const ANSWER: Block[] = [
  heading(3, 'Day one: Alfama and Graça'),
  paragraph(
    'Start early at ',
    { type: 'strong', inlines: [text('Miradouro da Graça')] },
    ', before the light gets hard, and walk down through the tiled lanes. The ',
    { type: 'emphasis', inlines: [text('Museu Nacional do Azulejo')] },
    ' is ten minutes on foot along the river.',
  ),
  list(['Morning: viewpoint, coffee, Feira da Ladra on Tuesdays and Saturdays', 'Afternoon: tile museum, then the quiet side of Santa Apolónia']),
  code('python', 'lines = {\n    "28E": ["Martim Moniz", "Graça", "Estrela"],\n    "12E": ["Praça da Figueira", "Alfama"],\n}'),
  table(['Line', 'From', 'To'], [['28E', 'Martim Moniz', 'Estrela'], ['12E', 'Praça da Figueira', 'Alfama']]),
  paragraph('Ler Devagar, the bookshop in the old print works, stays open late on Fridays. See ', {
    type: 'link',
    id: 0,
    host: 'www.lerdevagar.com',
    display: 'https://www.lerdevagar.com/',
    kind: 'https',
    inlines: [text('their page')],
  }, '.'),
];
