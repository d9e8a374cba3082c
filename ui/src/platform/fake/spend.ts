import type { BudgetRow, ContextEstimate, ModelFacts, SpendRow } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import type { FakeWorld } from './world';

type Names =
  | 'context_estimate'
  | 'message_over_budget'
  | 'message_pin'
  | 'message_pins'
  | 'spending_get'
  | 'spending_forget'
  | 'budget_set'
  | 'budget_remove'
  | 'conversation_cost'
  | 'model_facts'
  | 'model_facts_set'
  | 'titles_get'
  | 'titles_set';

const DAY = 86_400_000;
const READS = 128_000;

/** About four letters are a token. */
const about = (text: string) => (text === '' ? 0 : Math.ceil(text.length / 4) + 4);

export function estimateOf(world: FakeWorld, conversation: string | undefined, text: string, files = 0): ContextEstimate {
  const rule = world.instructions.get(conversation ?? '')?.parameters.context ?? { rule: 'all' as const };
  const said = (world.messages.get(conversation ?? '') ?? []).filter((row) => row.text !== '');
  const most = rule.rule === 'last' ? Math.max(0, rule.messages - 1) : said.length;
  const sent = said.slice(Math.max(0, said.length - most));
  const tokens = sent.reduce((sum, row) => sum + about(row.text), about(text)) + files * 800;
  const left = said.length - sent.length;
  return {
    rule,
    messages: sent.length + (text === '' ? 0 : 1),
    left_out: left,
    first_sent: left > 0 ? (sent[0]?.id ?? null) : null,
    tokens,
    context: READS,
    reserved: 4_096,
    nanos: tokens * 2_000,
    nanos_most: tokens * 2_000,
    longest: null,
    basis: 'listed',
    warning: world.budgets.find((row) => row.near) ?? null,
    stop: null,
  };
}

/** Prices, budgets and what was spent, beside a world. */
export function spendCommands(world: FakeWorld): Handlers<Names> {
  const today = Math.floor(world.started / DAY);
  const facts = new Map<string, ModelFacts>();
  const pins = new Set<string>();
  const changed = () => world.emit({ type: 'spending_changed' });
  let titles = false;
  let rows: SpendRow[] = [];
  if (world.conversations.length > 0) {
    const sources = world.sources.filter((source) => !source.in_process);
    rows = Array.from({ length: 24 }, (_, at) => sources.slice(0, 1 + (at % 2)).map((source, of) => ({ at, of, source })))
      .flat()
      .map(({ at, of, source }) => ({
        day: today - ((at * 5) % 29),
        source_id: source.id,
        model: source.default_model ?? 'model',
        answers: 3 + ((at * 7) % 11),
        unpriced: of === 1 ? 3 + ((at * 7) % 11) : 0,
        input_tokens: 4_000 * (1 + (at % 6)),
        output_tokens: 900 * (1 + (at % 4)),
        nanos: of === 1 ? 0 : 11_000_000 * (1 + ((at * 3) % 9)),
      }))
      .sort((a, b) => a.day - b.day);
    world.budgets = [
      {
        budget: { source_id: null, period: 'month', nanos: 10_000_000_000, warn_percent: 80 },
        source: null,
        spent: rows.reduce((sum, row) => sum + row.nanos, 0),
        near: false,
      },
    ];
  }
  const same = (row: BudgetRow, source: string | undefined, period: string) =>
    (row.budget.source_id ?? undefined) === source && row.budget.period === period;

  return {
    context_estimate: ({ conversation_id: id, text, attachments }) => estimateOf(world, id, text, attachments?.length),
    message_over_budget: ({ message_id: id }) => {
      const [conversation = ''] = [...world.messages].find(([, list]) => list.some((row) => row.id === id)) ?? [];
      return { conversation_id: conversation, question_id: null, answer_id: id, conversation: null, page: null };
    },
    message_pin: ({ message_id: id, on }) => {
      if (on) pins.add(id);
      else pins.delete(id);
      return { ids: [...pins] };
    },
    message_pins: () => ({ ids: [...pins] }),
    spending_get: ({ days }) => ({
      today,
      from: today - days + 1,
      rows: rows.filter((row) => row.day > today - days),
      sources: world.sources.map((source) => ({ id: source.id, name: source.name })),
      budgets: [...world.budgets],
    }),
    spending_forget: () => {
      rows = [];
      changed();
      return {};
    },
    budget_set: ({ source_id: source, period, nanos, warn_percent: warn }) => {
      const spent = rows.filter((row) => source === undefined || row.source_id === source).reduce((sum, row) => sum + row.nanos, 0);
      world.budgets = world.budgets.filter((row) => !same(row, source, period));
      world.budgets.push({
        budget: { source_id: source ?? null, period, nanos, warn_percent: warn },
        source: world.sources.find((row) => row.id === source)?.name ?? null,
        spent,
        near: spent * 100 >= nanos * warn,
      });
      changed();
      return {};
    },
    budget_remove: ({ source_id: source, period }) => {
      world.budgets = world.budgets.filter((row) => !same(row, source, period));
      changed();
      return {};
    },
    titles_get: () => ({ by_model: titles }),
    titles_set: ({ by_model: on }) => ({ by_model: (titles = on) }),
    conversation_cost: () => ({ priced: 2, nanos: 3_400_000 }),
    model_facts: () => ({ rows: [...facts.values()] }),
    model_facts_set: ({ model, context, price }) => {
      facts.set(model, {
        model,
        context_tokens: READS,
        output_tokens: null,
        price: null,
        own_context: context ?? null,
        own_price: price ?? null,
        estimated: 0,
        counted: 0,
      });
      return { rows: [...facts.values()] };
    },
  };
}
