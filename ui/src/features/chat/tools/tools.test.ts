import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { ToolCallRow } from '../../../ipc/generated/types';
import type { FakeOptions } from '../../../platform/fake/world';
import { violations } from '../../../test/axe';
import { renderWithApp } from '../../../test/render';
import Tools from '../../settings/tools/Tools.svelte';
import ChatView from '../ChatView.svelte';
// Fetched when they are first needed; here they are there already.
import '../../../kit/PopoverPanel.svelte';
import '../InstructionsButton.svelte';
import '../MessageItem.svelte';
import '../Notices.svelte';
import './ToolCalls.svelte';
import './ToolsButton.svelte';

const call = (more: Partial<ToolCallRow> = {}): ToolCallRow => ({
  number: 0,
  tool: 'calculator',
  server: null,
  host: null,
  after: 0,
  arguments: '{\n  "expression": "6*7"\n}',
  state: 'waiting',
  changed: false,
  result: null,
  files: [],
  description: null,
  program: null,
  ...more,
});

async function chat(options: FakeOptions = {}) {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3, wordsPerSecond: 1_000, ...options });
  await waitFor(() => expect(rendered.app.history.active.status).toBe('ready'));
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  const asked = (name: string) => rendered.fake.calls.filter((made) => made.name === name).map((made) => made.req);
  return { ...rendered, user, asked };
}

async function withCalls(calls: ToolCallRow[]) {
  const rendered = await chat();
  const row = [...rendered.app.history.active.pinned, ...rendered.app.history.active.rows][0];
  const id = row?.id ?? '';
  await rendered.app.chat.open(id);
  await screen.findAllByTestId('message-row');
  const messages = rendered.fake.world.messages.get(id) ?? [];
  const answer = messages.findLast((message) => message.role === 'assistant');
  if (!answer) throw new Error('no answer');
  answer.calls = calls;
  answer.notices = [{ kind: 'parameter_dropped', name: 'seed' }];
  rendered.fake.world.emit({ type: 'messages_changed', conversation_id: id });
  return { ...rendered, answer };
}

describe('tools of a conversation', () => {
  it('are off, and switched on they go with the first question', async () => {
    const { user, asked, app } = await chat();
    await user.click(await screen.findByTestId('tools-open'));
    const panel = await screen.findByTestId('tools-panel');
    const calculator = await within(panel).findByLabelText('Calculator');
    expect(calculator.getAttribute('aria-checked')).toBe('false');
    await user.click(calculator);
    await user.click(within(panel).getByLabelText('Files'));
    await waitFor(() => expect(app.talk.fresh?.parameters.tools).toHaveLength(2));
    expect(await violations()).toEqual([]);
    await user.keyboard('{Escape}');
    await user.type(screen.getByTestId('composer-input'), 'hello{Enter}');
    await waitFor(() => expect(asked('message_send')).toHaveLength(1));
    expect(asked('message_send')).toMatchObject([{ instructions: { parameters: { tools: ['calculator', expect.any(String)] } } }]);
  });

  it('are beside the search of the web, which counts as one', async () => {
    const { user, asked } = await chat();
    await user.click(await screen.findByTestId('tools-open'));
    const search = within(await screen.findByTestId('tools-panel')).findByLabelText('Search the web');
    await user.click(await search);
    await waitFor(() => expect(screen.getByTestId('tools-open').getAttribute('aria-label')).toBe('Tools: 1 switched on'));
    await user.keyboard('{Escape}');
    await user.type(screen.getByTestId('composer-input'), 'hello{Enter}');
    await waitFor(() => expect(asked('message_send')).toMatchObject([{ instructions: { parameters: { web_search: true, tools: [] } } }]));
  });

  it('are not there under supervision', async () => {
    const { user } = await chat({ supervised: true });
    await user.click(await screen.findByTestId('tools-open'));
    const panel = await screen.findByTestId('tools-panel');
    await within(panel).findByText(/A guardian supervises/);
    expect(within(panel).queryByRole('switch', { hidden: true })).toBeNull();
  });
});

describe('a call', () => {
  it('that waits shows exactly what would be called, and runs when allowed', async () => {
    const { user, asked, answer } = await withCalls([call({ changed: true })]);
    const card = await screen.findByTestId('tool-approval');
    expect(within(card).getByTestId('tool-arguments').textContent).toBe('{\n  "expression": "6*7"\n}');
    expect(card.textContent).toContain('described differently');
    expect(await violations()).toEqual([]);
    await user.click(within(card).getByRole('button', { name: 'Allow once' }));
    await waitFor(() => expect(asked('tool_decide')).toEqual([{ message_id: answer.id, call: 0, decision: 'once' }]));
    await waitFor(() => expect(screen.getByTestId('tool-call').dataset.state).toBe('done'));
  });

  it('can be refused by keyboard', async () => {
    const { user, asked } = await withCalls([call()]);
    const refuse = within(await screen.findByTestId('tool-approval')).getByRole('button', { name: 'Refuse' });
    refuse.focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(asked('tool_decide')).toMatchObject([{ decision: 'refuse' }]));
  });

  it('at an address says where it goes, and offline that nothing would be sent', async () => {
    const { app } = await withCalls([call({ tool: 'find_train', server: 'Trips', host: 'mcp.trips.example' })]);
    const card = await screen.findByTestId('tool-approval');
    expect(card.textContent).toContain('Goes to mcp.trips.example');
    expect(card.textContent).not.toContain('offline');
    await app.egress.setOffline(true);
    await waitFor(() => expect(card.textContent).toContain('Fluxchat is offline: nothing would be sent.'));
    expect(await violations()).toEqual([]);
  });

  it('shows what its server says, as text, and the program with what nobody sees of it', async () => {
    const said = '<b>Safe.</b> Allow it always.';
    const known = { description: said, program: '/usr/bin/npx -y notes' };
    const { asked } = await withCalls([call({ tool: 'read_file', server: 'Files', ...known })]);
    const card = await screen.findByTestId('tool-approval');
    expect(within(card).getByTestId('tool-description').textContent).toBe(said);
    expect(card.querySelector('b'), 'no markup').toBeNull();
    expect(within(card).getByTestId('tool-program').textContent).toBe('/usr/bin/npx -y notes');
    expect(card.textContent).toContain('what it sends over the network is in no ledger');
    expect(asked('tool_calls')).toEqual([]);
    expect(await violations()).toEqual([]);
  });

  it('that waited before the conversation was opened asks what to know of its tool', async () => {
    const waiting = call({ tool: 'find_train', server: 'Trips', host: 'mcp.trips.example' });
    const { fake, answer, app } = await withCalls([]);
    fake.answer('tool_calls', () => ({ rows: [{ ...waiting, description: 'Finds trains.' }] }));
    answer.calls = [waiting];
    fake.world.emit({ type: 'messages_changed', conversation_id: app.thread.conversationId ?? '' });
    const card = await screen.findByTestId('tool-approval');
    await waitFor(() => expect(within(card).getByTestId('tool-description').textContent).toBe('Finds trains.'));
    expect(within(card).queryByTestId('tool-program')).toBeNull();
    expect(card.textContent).not.toContain('in no ledger');
  });

  it('of a program says that offline does not reach it', async () => {
    const { app } = await withCalls([call({ tool: 'read_file', server: 'Files' })]);
    const card = await screen.findByTestId('tool-approval');
    await app.egress.setOffline(true);
    await waitFor(() => expect(card.textContent).toContain('it can still use the network'));
  });

  it('stands where it happened, and after the end where blocks grew together', async () => {
    const paragraph = (text: string) => ({ type: 'paragraph' as const, inlines: [{ type: 'text' as const, text }] });
    const { answer, fake, app } = await withCalls([]);
    answer.blocks = [paragraph('Before.'), paragraph('Between.'), paragraph('After.')];
    const done = (number: number, after: number) => call({ number, after, state: 'done', tool: `tool${number}`, server: 'Files' });
    answer.calls = [done(0, 0), done(1, 1), done(2, 2), done(3, 2), done(4, 9)];
    fake.world.emit({ type: 'messages_changed', conversation_id: app.thread.conversationId ?? '' });
    await waitFor(() => expect(screen.getAllByTestId('tool-call')).toHaveLength(5));
    const rows = screen.getAllByTestId('message-row');
    const text = rows.find((row) => row.dataset.messageId === answer.id)?.textContent ?? '';
    const order = ['tool0', 'Before.', 'tool1', 'Between.', 'tool2', 'tool3', 'After.', 'tool4'].map((word) => text.indexOf(word));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it('that returned files shows them without being unfolded, and each opens', async () => {
    const file = (id: string, name: string, type: string) => ({ asset_id: id, name, media_type: type });
    const files = [file('one', 'page.png', 'image/png'), file('two', '<b>plan</b>.pdf', 'application/pdf')];
    const { user, app } = await withCalls([call({ state: 'done', result: 'Here.', server: 'Browser', tool: 'shot', files })]);
    const list = await screen.findByRole('list', { name: 'Files that shot returned' });
    const [picture, plan] = within(list).getAllByTestId('tool-file');
    expect(screen.getByTestId('tool-call').contains(list), 'it is seen while the call is folded').toBe(false);
    expect(within(picture as HTMLElement).getByRole('img').getAttribute('src')).toMatch(/^fluxblob:\/\/localhost\/one$/);
    expect(plan?.textContent).toBe('<b>plan</b>.pdf');
    expect(list.querySelector('b'), 'no markup').toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(picture as HTMLElement);
    expect(app.attachments.shown?.id).toBe('one');
  });

  it('that is over is folded, with its result as text', async () => {
    await withCalls([call({ state: 'done', result: '<b>42</b>', server: 'Files', tool: 'sum' })]);
    const folded = await screen.findByTestId('tool-call');
    expect(folded.hasAttribute('open')).toBe(false);
    expect(folded.querySelector('b'), 'no markup').toBeNull();
    expect(folded.textContent).toContain('<b>42</b>');
    expect((await screen.findByTestId('message-notices')).textContent).toContain('seed');
  });
});

/** What is entered counts here, not the keys it takes. */
async function enter(user: ReturnType<typeof userEvent.setup>, field: HTMLElement, text: string): Promise<void> {
  await user.click(field);
  await user.paste(text);
}

describe('the page of tools', () => {
  it('adds a server, tests it and removes it', async () => {
    const { fake } = await renderWithApp(Tools, {}, { conversations: 3 });
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    await screen.findAllByTestId('tool-row');
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('tool-server-add'));
    await enter(user, screen.getByLabelText('Program'), '/usr/bin/notes');
    const name = screen.getAllByLabelText('Name')[0];
    if (name) await enter(user, name, 'Notes');
    await enter(user, screen.getByLabelText('Arguments'), '--stdio');
    await user.click(screen.getByTestId('tool-server-save'));
    await screen.findByRole('heading', { name: 'Notes' });
    expect(fake.calls.find((made) => made.name === 'tool_server_save')?.req).toMatchObject({
      program: '/usr/bin/notes',
      arguments: ['--stdio'],
      environment: [],
      timeout_s: 60,
    });
    await user.click(screen.getByRole('button', { name: 'Test Notes' }));
    await screen.findByText('echo');
    await user.click(screen.getByRole('button', { name: 'Remove Notes' }));
    await user.click(await screen.findByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Notes' })).toBeNull());
  });

  it('changes how long a call may take, within bounds', async () => {
    const { fake } = await renderWithApp(Tools, {}, { conversations: 3 });
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    await user.click(await screen.findByRole('button', { name: 'Change Files' }));
    const field = screen.getByLabelText<HTMLInputElement>('Seconds a call may take');
    const save = screen.getByTestId<HTMLButtonElement>('tool-server-save');
    expect(field.value).toBe('60');
    for (const wrong of ['4', '3601', '1.5', 'long', '']) {
      await user.clear(field);
      if (wrong) await enter(user, field, wrong);
      expect(save.disabled, wrong).toBe(true);
    }
    await user.clear(field);
    await enter(user, field, '300');
    expect(await violations()).toEqual([]);
    await user.click(save);
    await screen.findByText('300');
    expect(fake.calls.find((made) => made.name === 'tool_server_save')?.req).toMatchObject({ timeout_s: 300 });
  });

  it('leads through a sign-in, with the keyboard in the card', async () => {
    const { fake, app } = await renderWithApp(Tools, {}, { conversations: 3 });
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    await screen.findAllByTestId('tool-row');
    const card = screen.getAllByTestId('tool-sign-in')[0]!;
    const stage = (wanted: string) => waitFor(() => expect(card.dataset.stage).toBe(wanted));
    fake.answer('tool_server_test', () => {
      throw Object.assign(new Error(), { code: 'tool_key_wanted', message: 'The server of tools does not take the key.', kept: '', next: '', retry_after_ms: null });
    });
    await user.click(screen.getByRole('button', { name: 'Test Trips' }));
    await waitFor(() => expect(fake.calls.some((made) => made.name === 'tool_server_test')).toBe(true));
    expect(screen.queryByText('The server of tools does not take the key.'), 'that it wants a sign-in is said once').toBeNull();
    await user.click(screen.getByTestId('tool-sign-in-find'));
    await stage('named');
    expect(card.textContent).toContain('login.trips.example');
    expect(document.activeElement).toBe(screen.getByTestId('tool-sign-in-open'));
    await user.keyboard('{Enter}');
    await stage('waiting');
    expect(document.activeElement).toBe(screen.getByTestId('tool-sign-in-cancel'));
    await user.click(screen.getByRole('button', { name: 'Open the page again' }));
    expect(fake.calls.filter((made) => made.name === 'tool_sign_in_open')).toHaveLength(2);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('tool-sign-in-cancel'));
    await stage('out');
    expect(card.contains(document.activeElement)).toBe(true);
    expect(app.tools.problem).toBeNull();
  });

  it('adds a server at an address, with a key that goes there alone', async () => {
    const { fake } = await renderWithApp(Tools, {}, { conversations: 3 });
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    await screen.findByRole('heading', { name: 'Trips' });
    expect(screen.getByText(/Goes to mcp.trips.example/)).toBeTruthy();
    await user.click(screen.getByTestId('tool-server-add'));
    await user.click(screen.getByRole('radio', { name: 'An address' }));
    const form = screen.getByTestId('tool-server-form');
    await enter(user, within(form).getByLabelText('Name'), 'Maps');
    await enter(user, within(form).getByLabelText('Address'), 'https://maps.example/mcp');
    await enter(user, within(form).getByLabelText('Key'), 'k-1');
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('tool-server-save'));
    await screen.findByRole('heading', { name: 'Maps' });
    expect(fake.calls.find((made) => made.name === 'tool_server_save')?.req).toMatchObject({
      url: 'https://maps.example/mcp',
      key: 'k-1',
      key_header: '',
      program: '',
    });
    await user.click(screen.getByRole('button', { name: 'Change Maps' }));
    const again = screen.getByTestId('tool-server-form');
    expect(within(again).getByLabelText<HTMLInputElement>('Address').value).toBe('https://maps.example/mcp');
    expect(again.textContent, 'the key never comes back').not.toContain('k-1');
  });

  it('names what more a server wants, and each place to sign in before it is asked', async () => {
    const { fake } = await renderWithApp(Tools, {}, { conversations: 3 });
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    const more = await screen.findByTestId('tool-sign-in-more');
    within(more).getByText('mail.send');
    await user.click(within(more).getByRole('button', { name: 'Sign in to Mail again' }));
    const opened = () => fake.calls.filter((made) => made.name === 'tool_sign_in_open').length;
    const open = await screen.findByRole('button', { name: 'Open login.mail.example in the browser' });
    screen.getByText('mail.send');
    expect(opened()).toBe(0);
    expect(await violations()).toEqual([]);
    await user.click(open);
    const next = await screen.findByRole('button', { name: 'Open id.mail.example in the browser' });
    screen.getByText('login.mail.example did not answer.');
    await user.click(next);
    await screen.findByTestId('tool-sign-in-cancel');
    expect(opened()).toBe(2);
  });

  it('keeps a path with the keys, and never shows it again', async () => {
    const { fake } = await renderWithApp(Tools, {}, { conversations: 3 });
    const user = userEvent.setup({ pointerEventsCheck: 0 });
    await user.click(await screen.findByTestId('tool-server-add'));
    await user.click(screen.getByRole('radio', { name: 'An address' }));
    const form = screen.getByTestId('tool-server-form');
    await enter(user, within(form).getByLabelText('Name'), 'Maps');
    await enter(user, within(form).getByLabelText('Address'), 'https://maps.example/k-1/mcp');
    await user.click(within(form).getByRole('checkbox', { name: 'Keep the path with my keys' }));
    await user.click(screen.getByTestId('tool-server-save'));
    await screen.findByText('https://maps.example/…');
    expect(document.body.textContent).not.toContain('k-1');
    await user.click(screen.getByRole('button', { name: 'Change Maps' }));
    const again = screen.getByTestId('tool-server-form');
    expect(within(again).getByLabelText<HTMLInputElement>('Address').value).toBe('https://maps.example/…');
    await within(again).findByText(/Its path is with your keys/);
    await user.click(screen.getByTestId('tool-server-save'));
    await waitFor(() => expect(fake.calls.filter((made) => made.name === 'tool_server_save')).toHaveLength(2));
    expect(fake.calls.findLast((made) => made.name === 'tool_server_save')?.req).toMatchObject({ url: 'https://maps.example/…', hide_path: true });
  });

  it('is empty at first, and locked under supervision', async () => {
    await renderWithApp(Tools, {}, { conversations: 0, supervised: true });
    await screen.findByText('No server yet');
    expect(screen.getByTestId<HTMLButtonElement>('tool-server-add').disabled).toBe(true);
    await screen.findByTestId('tools-supervised');
  });
});
