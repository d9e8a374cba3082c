import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
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

async function chat() {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3, wordsPerSecond: 1_000 });
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
    const waiting = { number: 0, tool: 'calculator', server: null, host: null, after: 0, arguments: '{}', state: 'waiting', changed: false, result: null } as const;
    app.tools.calls.set(id, [waiting]);
    await user.click(await within(columns[1] as HTMLElement).findByTestId('tool-allow'));
    expect(asked('tool_decide')).toMatchObject([{ message_id: id, call: 0, decision: 'once' }]);
    expect(within(columns[0] as HTMLElement).queryByTestId('tool-allow')).toBeNull();
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
