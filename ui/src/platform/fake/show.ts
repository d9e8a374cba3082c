// Conversations that have everything in them (`?fake&show`), to look at and to draw.
import type { ApiError, Block, CitationRow, MapRow, MessageRow, ToolCallRow } from '../../ipc/generated/types';
import { conversationOf } from '../../ipc/rows';
import type { FakePlatform } from '../fake';
import { ANSWER, code, heading, list, mark, paragraph } from './blocks';
import { makeMessage } from './chat';
import type { FakeWorld } from './world';

type Said = Partial<MessageRow> & { text: string };

const DOLLARS = { input_tokens: 4_210, output_tokens: 1_312, reasoning_tokens: 640, cached_tokens: 2_048, spent: { nanos: 12_400_000, basis: 'listed' } } as const;

function begin(world: FakeWorld, title: string, messages: [question: Said, answer: Said][]): string {
  const id = world.id();
  const at = world.started - 60_000 * world.messages.size;
  world.conversations = [
    conversationOf({
      id,
      title,
      source_id: 'source-mistral',
      model: 'mistral-small',
      created_at: at,
    }),
    ...world.conversations,
  ];
  world.messages.set(
    id,
    messages.flatMap(([question, answer]) => [
      makeMessage(world, { conversation_id: id, role: 'user', created_at: at, finished_at: at, ...question }),
      makeMessage(world, {
        conversation_id: id,
        role: 'assistant',
        model: 'mistral-small',
        source_name: 'Mistral',
        created_at: at,
        finished_at: at + 4_300,
        usage: DOLLARS,
        ...answer,
      }),
    ]),
  );
  return id;
}

const page = (title: string, host: string): CitationRow => ({ title, host, help: null, file: null, address: `https://${host}/articles/2026/11/${title.length}-a-page-with-a-long-name` });

const CITATIONS: CitationRow[] = [
  page('Lisbon without a car: the complete guide to trams, ferries and lifts', 'www.visitlisboa.com'),
  page('Carris timetable', 'carris.pt'),
  { title: 'Search and delete', host: 'help', help: 'search#delete', file: null, address: null },
  page('Museu Nacional do Azulejo', 'www.museudoazulejo.gov.pt'),
  { title: 'http-only.example', host: 'http-only.example', help: null, file: null, address: null },
  page('حدائق لشبونة', 'gardens.example'),
  ...Array.from({ length: 14 }, (_, at) => page(`Reading list, part ${at + 1}`, `library-${at + 1}.example.org`)),
];

const THOUGHTS: Block[] = [
  paragraph('The person wants three days without a car. Alfama is steep; the 28E is crowded after ten.'),
  paragraph('Day two could take the ferry to Cacilhas. I should check whether the lift at Boca do Vento runs.'),
  list(['Hills in the morning, the river in the afternoon', 'Nothing that needs a booking on the same day']),
];

const LONG_CALL = JSON.stringify(
  {
    from: { city: 'Lisboa', station: 'Santa Apolónia' },
    to: { city: 'Porto', station: 'Campanhã' },
    passengers: Array.from({ length: 14 }, (_, at) => ({ name: `Passenger ${at + 1}`, seat: at % 2 === 0 ? 'window' : 'aisle', card: null })),
    note: 'A very long line that nobody broke, because it was written by a model that does not care for the width of a window or the patience of whoever reads it before it is allowed.',
  },
  null,
  2,
);

const call = (number: number, tool: string, state: ToolCallRow['state'], more: Partial<ToolCallRow> = {}): ToolCallRow => ({
  number,
  tool,
  server: null,
  host: null,
  after: 1,
  arguments: '{\n  "expression": "6*7"\n}',
  state,
  changed: false,
  result: state === 'done' ? '42' : null,
  files: [],
  description: null,
  program: null,
  ...more,
});

const failure = (code: string, message: string, next: string, more: Partial<ApiError> = {}): Said => ({
  text: '',
  status: 'failed',
  usage: null,
  error: { code, message, kept: 'Your question was kept.', next, retry_after_ms: null, ...more },
});

function long(lines: number, wide = true): Block {
  return code(
    'rust',
    Array.from({ length: lines }, (_, at) =>
      at % 9 === 0
        ? `/// Number ${at + 1} of many${wide && at % 27 === 0 ? ', with a comment that goes on far beyond the edge of any window that somebody would have open on a laptop' : ''}.`
        : `    let value_${at} = table.get("${at}").copied().unwrap_or_default();`,
    ).join('\n'),
  );
}

const run = (id: string, words: string, chosen: boolean, more: Partial<MapRow> = {}): MapRow => ({
  first_id: id,
  last_id: `${id}-end`,
  role: 'user',
  text: words,
  model: 'mistral-small',
  at: Date.now() - 3_600_000,
  messages: 2,
  branches: 0,
  more: false,
  chosen,
  ...more,
});

/** A map of a conversation that was asked in many ways. */
function wideMap(fake: FakePlatform, conversation: string, ids: string[]): void {
  const PAGE = 60;
  const many = (below: string, from: number) => {
    const rows = ids.slice(from, from + PAGE).map((id, at) =>
      run(`${below}${id}`, `${from + at + 1}. And what if we stayed ${from + at + 2} days, with a child that is tired by noon?`, below === '' && from + at === 3, {
        messages: 2 + ((from + at) % 5),
        branches: (from + at) % 7 === 0 ? 5 : 0,
      }),
    );
    return { rows, has_more: from + PAGE < ids.length };
  };
  fake.answer('message_map', ({ conversation_id: id, below, after }) => {
    if (id !== conversation) return { rows: [], has_more: false, shown: [] };
    const prefix = below === undefined || below === 'trunk-end' ? '' : `${below}/`;
    const from = after === undefined ? 0 : ids.findIndex((one) => `${prefix}${one}` === after) + 1;
    if (below !== undefined) return { ...many(prefix, from), shown: [] };
    return { rows: [run('trunk', 'Plan three days in Lisbon without a car.', true, { branches: ids.length })], has_more: false, shown: [many('', 0)] };
  });
}

export function showEverything(fake: FakePlatform): void {
  const { world } = fake;
  begin(world, 'Refusals of every kind', [
    [{ text: 'With a wrong key' }, failure('remote_unauthorized', 'The server did not accept the key.', 'Enter the key again in the settings, under Sources.', { named: { host: null, detail: 'Incorrect API key provided: sk-…4f2a.' } })],
    [{ text: 'Without credit' }, failure('remote_quota', 'The account at the server has no credit left.', 'Add credit or choose another source.')],
    [{ text: 'Too often' }, failure('remote_rate_limited', 'The server asks to wait.', 'Wait 27 seconds, then try again.', { named: { host: null, detail: null, wait: 27 } })],
    [{ text: 'Too long' }, failure('remote_context_too_long', 'The conversation is longer than the model can read.', 'Begin a new conversation or choose a model that reads more.')],
    [{ text: 'Filtered' }, failure('remote_content_refused', 'The server refused to answer this.', 'Ask in another way.')],
    [{ text: 'A model that was shut down' }, failure('remote_not_found', 'The server does not know this address or this model.', 'Choose another model or correct the address.', { named: { host: null, detail: 'The model `gpt-4-32k` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations' } })],
    [{ text: 'Nobody there' }, failure('remote_unreachable', 'No connection to api.mistral.ai.', 'Check the address and whether the server runs, then try again.', { named: { host: 'api.mistral.ai', detail: null } })],
  ]);
  begin(world, 'Cut off by its length', [
    [
      { text: 'Tell it all.' },
      {
        ...failure('length_reached', 'The answer became as long as an answer may, and ends in the middle.', 'Let it go on, or allow longer answers under Instructions.'),
        text: 'all',
        blocks: [paragraph('It began on a Tuesday, and by Friday nobody could say')],
        status: 'interrupted',
      },
    ],
  ]);
  begin(world, 'Two thousand lines of code', [
    [{ text: 'Write the table.' }, { text: 'code', id: 'a', blocks: [paragraph('Here it is, in one piece:'), long(2_000), paragraph('And a short one:'), long(6, false), code('mermaid', 'graph TD;\n  A-->B;')], branch_ids: ['a', 'b'] }],
  ]);
  const tools = begin(world, 'Tools, asked and answered', [
    [
      { text: 'Which train, and what does it cost for fourteen of us?' },
      {
        text: 'tools',
        blocks: [paragraph('I will look that up.'), paragraph('First the price of one ticket.')],
        calls: [
          call(0, 'calculator', 'done', { arguments: '{\n  "expression": "14 * 31.20"\n}', result: '436.8' }),
          call(1, 'archive_search', 'done', { result: Array.from({ length: 40 }, (_, at) => `${at + 1}. A line that was found in the archive`).join('\n') }),
          call(2, 'find_train', 'failed', { server: 'Trips', host: 'mcp.trips.example', result: 'There is no such station: Campanha.' }),
          call(5, 'take_screenshot', 'done', {
            server: 'Browser',
            result: 'Here is the page.\n[File: page.png]\n[File: timetable.pdf]',
            files: [
              { asset_id: 'shown-page', name: 'page.png', media_type: 'image/png' },
              { asset_id: 'shown-table', name: 'timetable.pdf', media_type: 'application/pdf' },
            ],
          }),
          call(3, 'read_file', 'refused', { server: 'Files', result: 'The person refused this call. Go on without it.' }),
          call(4, 'find_train', 'timed_out', { server: 'Trips', host: 'mcp.trips.example' }),
        ],
      },
    ],
    [
      { text: 'Then book it.' },
      {
        text: 'waiting',
        status: 'streaming',
        finished_at: null,
        usage: null,
        blocks: [paragraph('I would book these seats.')],
        calls: [call(0, 'book_train', 'waiting', { server: 'Trips', host: 'mcp.trips.example', arguments: LONG_CALL, changed: true, description: 'Books seats on a train and pays with the card that is kept there.' })],
      },
    ],
  ]);
  world.conversations = world.conversations.map((row) => (row.id === tools ? { ...row, streaming: true } : row));
  begin(world, 'Many sources, and how it was thought', [
    [
      { text: 'What do I see in three days, and where does that come from?' },
      { text: 'sources', reasoning: THOUGHTS, citations: CITATIONS, blocks: [heading(3, 'Three days on foot'), paragraph('The trams run until midnight', mark(1), mark(2), ', and the tile museum is closed on Mondays.', mark(4), ' The ferry goes every twenty minutes', mark(3), ' and takes bicycles.', mark(1)), ...ANSWER.slice(1)] },
    ],
  ]);
  const ids = Array.from({ length: 240 }, (_, at) => `branch-${at}`);
  const wide = begin(world, 'Two hundred and forty branches', [
    [{ text: 'Plan three days in Lisbon without a car.' }, { text: 'plan', blocks: ANSWER }],
    [{ text: 'And what if we stayed five days, with a child that is tired by noon?', id: 'branch-3', branch_ids: ids }, { text: 'plan', id: 'x', blocks: ANSWER.slice(0, 3), branch_ids: ['x', 'y', 'z'] }],
  ]);
  wideMap(fake, wide, ids);
  (globalThis as { fluxchatFake?: FakePlatform }).fluxchatFake = fake;
}
