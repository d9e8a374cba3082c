import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import ChatView from '../chat/ChatView.svelte';
import SettingsPage from '../settings/SettingsPage.svelte';
import { formatNanos, nanosOf } from './dollars';
import ModelFactsForm from './ModelFactsForm.svelte';
import { perDay, summed } from './sums';
// Fetched when they are first needed; here they are there already.
import '../../kit/MenuPanel.svelte';
import '../../kit/PopoverPanel.svelte';
import '../chat/InstructionsButton.svelte';
import '../chat/MessageItem.svelte';
import '../chat/MessageMenu.svelte';
import '../talk/DetailsDialog.svelte';
import './ContextDetails.svelte';
import './ContextLine.svelte';
import './ContextNotice.svelte';
import './NotSentLine.svelte';

async function opened(options: FakeOptions = {}) {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3, wordsPerSecond: 1_000, ...options });
  await waitFor(() => expect(rendered.app.history.active.status).toBe('ready'));
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  const id = [...rendered.app.history.active.pinned, ...rendered.app.history.active.rows][0]?.id ?? '';
  await rendered.app.chat.open(id);
  await screen.findAllByTestId('message-row');
  const asked = (name: string) => rendered.fake.calls.filter((call) => call.name === name).map((call) => call.req);
  return { ...rendered, user, id, asked };
}

async function page(options: FakeOptions = {}) {
  const rendered = await renderWithApp(SettingsPage, {}, options);
  rendered.app.navigation.go('settings', 'spending');
  await screen.findByTestId('budget-add');
  return { ...rendered, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

const estimate = {
  rule: { rule: 'all' as const },
  messages: 40,
  left_out: 0,
  first_sent: null,
  tokens: 9_000,
  context: 8_000,
  reserved: 2_000,
  nanos: null,
  nanos_most: null,
  longest: null,
  basis: null,
  warning: null,
  stop: null,
};
const stop = (code: string) => ({ code, message: 'It is too much.', kept: '', next: 'Do something else.' });

describe('what goes along', () => {
  it('is said below what is typed, and trimmed by a rule that is chosen there', async () => {
    const { app, user, asked } = await opened();
    const line = await screen.findByTestId('context-line');
    expect(line.textContent).toMatch(/≈ [\d,]+ \/ 128K/);
    expect(line.title).toMatch(/about [\d,]+ of 128,000 tokens/);
    await user.click(line);
    const details = await screen.findByTestId('context-details');
    expect(details.textContent).toContain('Messages');
    expect(await violations()).toEqual([]);
    await user.selectOptions(within(details).getByLabelText('Messages that go along'), 'last');
    const many = within(details).getByLabelText('How many');
    await user.clear(many);
    expect(screen.queryByTestId('context-use'), 'no number, no rule').toBeNull();
    await user.type(many, '1');
    await user.click(screen.getByTestId('context-use'));
    await waitFor(() =>
      expect(asked('instructions_set').at(-1)).toMatchObject({ instructions: { parameters: { context: { rule: 'last', messages: 1 } } } }),
    );
    await waitFor(() => expect(app.context.estimate?.left_out).toBeGreaterThan(0));
    expect((await screen.findByTestId('context-left-out')).textContent).toMatch(/not sent/);
  });

  it('is not asked before there is anything to send', async () => {
    const { app, fake } = await renderWithApp(ChatView);
    const asked = () => fake.calls.filter((call) => call.name === 'context_estimate').length;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      app.context.look(' ');
      await vi.advanceTimersByTimeAsync(1_000);
      expect(asked()).toBe(0);
      app.context.look('go');
      await vi.advanceTimersByTimeAsync(1_000);
    } finally {
      vi.useRealTimers();
    }
    await waitFor(() => expect(asked()).toBe(1));
  });

  it('says of which day a published price is', async () => {
    const { app, fake, user } = await opened();
    const words = 'published price of November 20, 2026; may have changed';
    fake.answer('context_estimate', () => ({ ...estimate, nanos: 90_000_000, basis: 'published', price_day: '2026-11-20' }));
    app.revisions.context += 1;
    await waitFor(() => expect(app.context.estimate?.basis).toBe('published'));
    await user.click(await screen.findByTestId('context-line'));
    expect((await screen.findByTestId('context-details')).textContent).toContain(words);
    fake.answer('context_estimate', () => ({ ...estimate, nanos: 90_000_000, basis: 'entered' }));
    app.revisions.context += 1;
    await waitFor(() => expect(screen.getByTestId('context-details').textContent).not.toContain('published'));
  });

  it('is told at its place in the conversation', async () => {
    const { app, fake } = await opened();
    // What is on the screen; the list draws no more.
    const second = screen.getAllByTestId('message-row').at(-1)?.dataset.messageId ?? '';
    fake.answer('context_estimate', () => ({ ...estimate, rule: { rule: 'fit' }, left_out: 1, first_sent: second }));
    app.revisions.context += 1;
    const line = await screen.findByTestId('not-sent-line');
    expect(line.textContent).toBe('1 earlier message is not sent');
    expect(line.closest('[data-message-id]')?.getAttribute('data-message-id')).toBe(second);
    expect(await violations()).toEqual([]);
  });

  it('offers the rule where the model cannot read all of it', async () => {
    const { app, fake, user, asked } = await opened();
    fake.answer('context_estimate', () => ({ ...estimate, stop: stop('context_full') }));
    app.revisions.context += 1;
    const notice = await screen.findByTestId('context-stop');
    expect(notice.textContent).toContain('It is too much.');
    await user.click(within(notice).getByRole('button', { name: 'Leave earlier messages out' }));
    await waitFor(() => expect(asked('instructions_set').at(-1)).toMatchObject({ instructions: { parameters: { context: { rule: 'fit' } } } }));
  });

  it('takes pinned messages along', async () => {
    const { app, asked } = await opened();
    const first = app.thread.messages[0]?.id ?? '';
    await app.context.pin(first, true);
    expect(asked('message_pin')).toEqual([{ message_id: first, on: true }]);
    expect(app.context.pins.has(first)).toBe(true);
  });
});

describe('a budget', () => {
  it('that stopped an answer lets it go out once on a click', async () => {
    const { app, fake, user, asked, id } = await opened();
    const list = fake.world.messages.get(id) ?? [];
    const last = list.at(-1);
    if (!last) throw new Error('no message');
    Object.assign(last, { status: 'failed', text: '', blocks: [], error: stop('budget_reached') });
    await app.thread.refresh();
    const error = await screen.findByTestId('message-error');
    await user.click(within(error).getByRole('button', { name: 'Send it anyway' }));
    await waitFor(() => expect(asked('message_over_budget')).toEqual([{ message_id: last.id }]));
  });

  it('is set, shown and removed', async () => {
    const { user, fake } = await page();
    await user.click(screen.getByTestId('budget-add'));
    await user.type(await screen.findByTestId('budget-amount'), 'much');
    expect(screen.getByText('An amount such as 2.50.')).toBeTruthy();
    expect(screen.getByTestId<HTMLButtonElement>('budget-save').disabled).toBe(true);
    await fireEvent.input(screen.getByTestId('budget-amount'), { target: { value: '0.10' } });
    await user.selectOptions(screen.getByLabelText('For'), 'day');
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('budget-save'));
    await waitFor(() => expect(screen.getAllByTestId('budget-row')).toHaveLength(2));
    expect(fake.world.budgets.at(-1)?.budget).toEqual({ source_id: null, period: 'day', nanos: 100_000_000, warn_percent: 80 });
    expect(screen.getByText('used up')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Remove: A day, all sources' }));
    await waitFor(() => expect(screen.getAllByTestId('budget-row')).toHaveLength(1));
  });

  it('that cannot be changed says why', async () => {
    const { user, fake } = await page();
    fake.answer('budget_remove', () => {
      throw Object.assign(new Error(), { code: 'supervised', message: 'A guardian keeps this locked.', kept: '', next: 'Ask.', retry_after_ms: null });
    });
    await user.click(screen.getByRole('button', { name: 'Remove: A month, all sources' }));
    expect((await screen.findByRole('alert')).textContent).toContain('guardian');
  });
});

describe('the page', () => {
  it('adds up by day, source and model, and forgets on request', async () => {
    const { user, fake } = await page();
    expect(screen.getByRole('img', { name: /Cost per day/ })).toBeTruthy();
    await user.selectOptions(screen.getByLabelText('One line for each'), 'source');
    await waitFor(() => expect(screen.getByRole('row', { name: /Mistral/ })).toBeTruthy());
    await user.click(screen.getByTestId('spend-forget'));
    await user.click(await screen.findByRole('button', { name: 'Forget it' }));
    await waitFor(() => expect(fake.calls.some((call) => call.name === 'spending_forget')).toBe(true));
    expect(await screen.findByText('Nothing was asked of a source elsewhere')).toBeTruthy();
  });

  it('teaches one thing while there is nothing', async () => {
    await page({ conversations: 0 });
    expect(await screen.findByText('Nothing was asked of a source elsewhere')).toBeTruthy();
    expect(screen.getByText(/There is no budget/)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('says what is wrong in its place', async () => {
    const rendered = await renderWithApp(SettingsPage);
    rendered.fake.answer('spending_get', () => {
      throw Object.assign(new Error(), { code: 'io', message: 'A file could not be read or written.', kept: '', next: '', retry_after_ms: null });
    });
    rendered.app.navigation.go('settings', 'spending');
    expect((await screen.findByRole('alert')).textContent).toContain('could not be read');
  });
});

describe('amounts', () => {
  it('are read digit by digit and written for people', () => {
    expect([nanosOf('2,50'), nanosOf('$0.000000001'), nanosOf('7')]).toEqual([2_500_000_000, 1, 7_000_000_000]);
    expect([nanosOf('much'), nanosOf('-1'), nanosOf('')]).toEqual([undefined, undefined, undefined]);
    expect([formatNanos(0), formatNanos(1_990_000_000), formatNanos(3_400_000)]).toEqual(['$0.00', '$1.99', '$0.0034']);
  });

  it('are added up, and a day without answers is there', () => {
    const row = { source_id: 's', model: 'm', answers: 1, unpriced: 0, input_tokens: 1, output_tokens: 2 };
    const found = {
      today: 12,
      from: 10,
      rows: [{ ...row, day: 10, nanos: 5 }, { ...row, day: 12, nanos: 1 }, { ...row, day: 12, nanos: 2, source_id: 'gone' }],
      sources: [{ id: 's', name: 'S' }],
      budgets: [],
    };
    expect(perDay(found).map((day) => day.nanos)).toEqual([5, 0, 3]);
    expect(summed(found, 'day', '?').map((sum) => [sum.name, sum.nanos])).toEqual([['12', 3], ['10', 5]]);
    expect(summed(found, 'source', '?').map((sum) => [sum.name, sum.nanos])).toEqual([['S', 6], ['?', 2]]);
  });
});

describe('what a model costs', () => {
  const published = { price: { input: 250_000, output: 2_000_000 }, context_tokens: 400_000, day: '2026-11-20' };
  const facts = { model: 'm', context_tokens: null, output_tokens: null, price: null, own_context: null, own_price: null, estimated: 0, counted: 0 };

  it('is what is published, with its day, until one is told', async () => {
    const { fake } = await renderWithApp(ModelFactsForm, { sourceId: 's', model: 'm' });
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    const save = async (row: object) => {
      fake.answer('model_facts_set', () => ({ rows: [{ ...facts, ...row }] }));
      await user.click(await screen.findByTestId('facts-save'));
    };
    const shown = () => screen.getByLabelText<HTMLInputElement>('Reading a million, in $').placeholder;
    await save({ published });
    expect((await screen.findByTestId('facts-published')).textContent).toContain('as of November 20, 2026. It may have changed.');
    expect(shown()).toBe('$0.25');
    await save({ published, price: { input: 1_000_000, output: 1_000_000 } });
    await waitFor(() => expect(screen.queryByTestId('facts-published')).toBeNull());
    expect(shown()).toBe('$1.00');
  });
});
