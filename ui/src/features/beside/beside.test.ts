import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { MessageRow, ToolCallRow } from '../../ipc/generated/types';
import { violations } from '../../test/axe';
import type { FakeOptions } from '../../platform/fake/world';
import { renderWithApp } from '../../test/render';
import ChatView from '../chat/ChatView.svelte';
// Fetched when they are first needed; here they are there already.
import '../../kit/PopoverPanel.svelte';
import '../chat/ComposerBar.svelte';
import '../chat/MessageItem.svelte';
import '../chat/ModelList.svelte';
import '../chat/ReceiverDetails.svelte';
import '../chat/tools/ToolCalls.svelte';
import './ChosenModels.svelte';
import './Columns.svelte';

async function chat(options: FakeOptions = {}) {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3, wordsPerSecond: 1_000, ...options });
  await waitFor(() => expect(rendered.app.history.active.status).toBe('ready'));
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  const asked = (name: string) => rendered.fake.calls.filter((call) => call.name === name).map((call) => call.req);
  return { ...rendered, user, asked };
}

const options = (panel: HTMLElement, selected: boolean) =>
  within(panel).queryAllByTestId('model-option').filter((one) => one.getAttribute('aria-selected') === String(selected));

async function choose(user: ReturnType<typeof userEvent.setup>, count: number) {
  await user.click(await screen.findByTestId('model-picker'));
  await user.click(await screen.findByTestId('beside-several'));
  const panel = await screen.findByTestId('beside-models');
  await waitFor(() => expect(options(panel, false).length).toBeGreaterThan(count));
  while (options(panel, true).length < count) await user.click(options(panel, false)[0] as HTMLElement);
  return panel;
}

/** Two or more answers that ended as `how` says. */
async function ended(how: (row: MessageRow, at: number) => MessageRow, count = 2) {
  const rendered = await chat();
  const { app, fake, user } = rendered;
  await choose(user, count);
  await user.click(screen.getByTestId('beside-take'));
  await user.type(screen.getByTestId('composer-input'), 'who knows?{Enter}');
  const columns = () => screen.getAllByTestId('beside-column');
  await waitFor(() => expect(columns().filter((one) => one.dataset.status === 'complete')).toHaveLength(count));
  const before = await app.client.messagesBeside({ message_id: columns()[0]?.dataset.messageId ?? '' });
  const rows = before.rows.map(how);
  const sent = { conversation_id: app.thread.conversationId ?? '', question_id: null, answer_id: rows[0]?.id ?? '', conversation: null, page: null };
  fake.answer('messages_beside', () => ({ rows }));
  fake.answer('message_regenerate', () => sent);
  fake.answer('message_continue', () => sent);
  fake.answer('message_over_budget', () => sent);
  fake.world.emit({ type: 'messages_changed', conversation_id: sent.conversation_id });
  await waitFor(() => expect(columns().map((one) => one.dataset.status)).toEqual(rows.map((row) => row.status)));
  return { ...rendered, columns, rows };
}

describe('several models', () => {
  it('are asked at once, stand beside each other, and one of them goes on', async () => {
    const { app, user, asked } = await chat();
    const panel = await choose(user, 3);
    expect(within(panel).getByTestId('beside-said').textContent).toContain('3 models');
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('beside-take'));
    expect(screen.getByTestId('model-picker').textContent).toContain('3 models side by side');
    await user.type(screen.getByTestId('composer-input'), 'who knows?{Enter}');
    const columns = await waitFor(() => {
      const found = screen.getAllByTestId('beside-column');
      expect(found.length).toBe(3);
      expect(found.every((one) => one.dataset.status === 'complete')).toBe(true);
      return found;
    });
    expect(asked('message_send')).toEqual([]);
    expect(asked('message_send_beside')).toHaveLength(1);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('beside-differences'));
    await waitFor(() => expect(columns[1]?.querySelector('ins, del')).not.toBeNull());
    await user.click(within(columns[1] as HTMLElement).getByTestId('beside-choose'));
    await waitFor(() => expect(app.chat.columns).toBeNull());
    expect(asked('message_go_on_with')).toEqual([{ message_id: columns[1]?.dataset.messageId }]);
    expect(app.chat.beside, 'one goes on').toEqual([]);
  });

  it('ask about their tools where their answers stand', async () => {
    const { app, user, asked } = await chat();
    await choose(user, 2);
    await user.click(screen.getByTestId('beside-take'));
    await user.type(screen.getByTestId('composer-input'), 'who knows?{Enter}');
    const columns = await waitFor(() => {
      const found = screen.getAllByTestId('beside-column');
      expect(found.length).toBe(2);
      return found;
    });
    const id = columns[1]?.dataset.messageId ?? '';
    const waiting: ToolCallRow = { number: 0, tool: 'calculator', server: null, host: null, after: 0, arguments: '{}', state: 'waiting', changed: false, result: null, files: [], description: null, program: null };
    app.tools.calls.set(id, [waiting]);
    await user.click(await within(columns[1] as HTMLElement).findByTestId('tool-allow'));
    expect(asked('tool_decide')).toMatchObject([{ message_id: id, call: 0, decision: 'once' }]);
    expect(within(columns[0] as HTMLElement).queryByTestId('tool-allow')).toBeNull();
  });

  it('each say what they took and cost', async () => {
    const { columns } = await ended((row) => ({
      ...row,
      created_at: new Date(2026, 0, 5, 14, 3).getTime(),
      finished_at: new Date(2026, 0, 5, 14, 3, 2).getTime(),
      usage: { input_tokens: 10, output_tokens: 1_312, reasoning_tokens: null, cached_tokens: null, spent: { nanos: 12_000_000, basis: 'told' } },
    }));
    const details = columns()[1]?.querySelector('.details')?.textContent ?? '';
    expect(details).toMatch(/2:03.*2.* s.*1,312 tokens · \$0\.01/);
  });

  it('offer the same way out of a failure as an answer that stands alone', async () => {
    const { app, user, asked, columns, rows } = await ended((row, at) => {
      if (at === 0) return row;
      return { ...row, status: 'failed', error: { code: at === 1 ? 'budget_reached' : 'remote_not_found', message: 'No.', kept: '', next: '' } };
    }, 3);
    await user.click(within(columns()[1] as HTMLElement).getByRole('button', { name: 'Send it anyway' }));
    expect(asked('message_over_budget')).toEqual([{ message_id: rows[1]?.id }]);
    await waitFor(() => expect(app.chat.sending).toBe(false));
    await user.click(within(columns()[2] as HTMLElement).getByRole('button', { name: 'Choose another model' }));
    const list = await screen.findByTestId('model-list');
    await user.click((await within(list).findAllByTestId('model-option'))[0] as HTMLElement);
    expect(asked('message_regenerate')).toMatchObject([{ message_id: rows[2]?.id }]);
  });

  it('go on after an interruption, or again with the one who gave the answer', async () => {
    const { app, user, asked, columns, rows } = await ended((row, at) => (at === 1 ? { ...row, status: 'interrupted' } : row));
    const column = within(columns()[1] as HTMLElement);
    await user.click(column.getByTestId('message-again'));
    expect(asked('message_regenerate'), 'the core knows who gave it').toEqual([{ message_id: rows[1]?.id }]);
    await waitFor(() => expect(app.chat.sending).toBe(false));
    await user.click(column.getByTestId('message-continue'));
    expect(asked('message_continue')).toEqual([{ message_id: rows[1]?.id }]);
  });

  it('wait with that while the shown answer arrives', async () => {
    const { app, columns } = await ended((row, at) => (at === 1 ? { ...row, status: 'interrupted' } : row));
    const again = within(columns()[1] as HTMLElement).getByTestId<HTMLButtonElement>('message-again');
    expect(again.disabled).toBe(false);
    const shown = app.thread.messages.at(-1);
    if (shown) shown.row = { ...shown.row, status: 'streaming' };
    await waitFor(() => expect(again.disabled).toBe(true));
  });

  it('are all stopped, also when their columns were closed', async () => {
    const { app, user, asked } = await chat({ wordsPerSecond: 1 });
    await choose(user, 3);
    await user.click(screen.getByTestId('beside-take'));
    await user.type(screen.getByTestId('composer-input'), 'who knows?{Enter}');
    await waitFor(() => expect(screen.getAllByTestId('beside-column')).toHaveLength(3));
    const ids = app.thread.streaming?.row.branch_ids ?? [];
    expect(ids).toHaveLength(3);
    await user.click(screen.getByTestId('beside-close'));
    await user.click(screen.getByTestId('stop'));
    expect(asked('message_stop')).toEqual(ids.map((message_id) => ({ message_id })));
  });

  it('can be stopped beside an answer that is done, with Send still there', async () => {
    const { app, fake, user, rows, asked } = await ended((row) => row);
    await user.click(screen.getByTestId('beside-close'));
    expect(screen.queryByTestId('stop')).toBeNull();
    const id = app.thread.conversationId ?? '';
    fake.world.conversations = fake.world.conversations.map((row) => (row.id === id ? { ...row, streaming: true } : row));
    fake.world.emit({ type: 'conversation_changed', id });
    const stop = await screen.findByTestId('stop');
    expect(screen.getByTestId('send')).toBeTruthy();
    await user.click(stop);
    expect(asked('message_stop')).toEqual(rows.map((row) => ({ message_id: row.id })));
  });

  it('are at most four, and at least two', async () => {
    const { app, user } = await chat();
    const panel = await choose(user, 4);
    expect(within(panel).getByTestId('beside-said').textContent).toContain('That is the most');
    await user.click(options(panel, false)[0] as HTMLElement);
    expect(options(panel, true)).toHaveLength(4);
    for (const one of options(panel, true).slice(1)) await user.click(one);
    expect(screen.getByTestId<HTMLButtonElement>('beside-take').disabled).toBe(true);
    expect(app.chat.beside).toEqual([]);
  });

  it('are all named before anything is sent', async () => {
    const { app, user } = await chat();
    const remote = app.sources.rows.filter((row) => !row.in_process && !row.on_this_computer);
    expect(remote.length).toBeGreaterThan(0);
    app.chat.beside = [
      { sourceId: app.sources.default?.id ?? '', model: null },
      ...remote.map((row) => ({ sourceId: row.id, model: null })),
    ];
    await waitFor(() => {
      for (const row of remote) expect(screen.getByTestId('receiver-line').textContent).toContain(row.host);
    });
    await user.click(await screen.findByTestId('receiver-line'));
    const details = await screen.findByTestId('receiver-details');
    for (const row of remote) expect(details.textContent).toContain(row.name);
  });
});
