import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import { findCommand } from '../shell/commands';
import ChatView from './ChatView.svelte';
import { retryOf } from './retry';
// Fetched when they are first needed; here they are there already.
import '../../kit/ErrorState.svelte';
import '../../kit/PopoverPanel.svelte';
import './ComposerBar.svelte';
import './EmptyChat.svelte';
import './LinkDialog.svelte';
import './MessageList.svelte';
import './ModelDialog.svelte';
import './OriginLine.svelte';
import './QueuedMessage.svelte';

async function opened(title: string, more: FakeOptions = {}) {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 2, show: true, ...more });
  await waitFor(() => expect(rendered.app.history.active.status).toBe('ready'));
  const id = rendered.fake.world.conversations.find((row) => row.title.startsWith(title))?.id ?? '';
  await rendered.app.chat.open(id);
  await screen.findAllByTestId('message-row');
  const asked = (name: string) => rendered.fake.calls.filter((call) => call.name === name).map((call) => call.req);
  // jsdom does not end the animation with which a dialog gives the pointer back.
  return { ...rendered, asked, id, user: userEvent.setup({ pointerEventsCheck: 0 }) };
}

describe('what an answer rests on', () => {
  it('stands there as numbered notes, many of them folded', async () => {
    const { user } = await opened('Many sources');
    expect(screen.getAllByTestId('citation')).toHaveLength(6);
    const more = screen.getByTestId('citations-more');
    expect(more.textContent).toContain('14 more');
    await user.click(more);
    const all = screen.getAllByTestId('citation');
    expect(all).toHaveLength(20);
    expect(document.activeElement, 'the keyboard goes on where it was').toBe(all[6]);
    expect(screen.queryByTestId('citations-more')).toBeNull();
    expect(await violations()).toEqual([]);
  });

  it('is opened by its number after it was shown where it leads', async () => {
    const { user, asked, app, id } = await opened('Many sources');
    const [first, , , , plain] = screen.getAllByTestId('citation');
    expect(plain?.tagName, 'what no browser may be given is words').toBe('SPAN');
    await user.click(first as HTMLElement);
    const dialog = await screen.findByRole('alertdialog').catch(() => screen.findByRole('dialog'));
    expect(dialog.textContent).toContain('https://www.visitlisboa.com/articles');
    expect(asked('link_open'), 'nothing is opened by the first press').toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Open in browser' }));
    const answer = app.thread.messages.find((message) => message.row.conversation_id === id && message.citations.length > 0);
    await waitFor(() => expect(asked('link_open')).toEqual([{ message_id: answer?.id, link_id: 0, in_reasoning: false, is_citation: true }]));
  });

  it('has its mark in the words, which leads where the note does', async () => {
    const { user, asked } = await opened('Many sources');
    const marks = screen.getAllByTestId('citation-mark');
    expect(marks.map((mark) => mark.textContent)).toEqual(['1', '2', '4', '3', '1']);
    expect(marks[1]?.getAttribute('aria-label')).toBe('Source 2: Carris timetable, carris.pt');
    expect(marks[1]?.dataset['tooltip']).toBe('Carris timetable · carris.pt');
    expect(marks[3]?.getAttribute('aria-label')).toBe('Source 3: Search and delete');
    const words = marks[1]?.closest('p')?.cloneNode(true) as HTMLElement;
    for (const mark of words.querySelectorAll('sup')) mark.remove();
    expect(words.textContent?.trim()).toBe('The trams run until midnight, and the tile museum is closed on Mondays. The ferry goes every twenty minutes and takes bicycles.');
    await user.click(marks[1] as HTMLElement);
    const dialog = await screen.findByRole('alertdialog').catch(() => screen.findByRole('dialog'));
    expect(dialog.textContent).toContain('https://carris.pt');
    expect(asked('link_open'), 'nothing is opened by the first press').toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Open in browser' }));
    await waitFor(() => expect(asked('link_open')).toMatchObject([{ link_id: 1, is_citation: true }]));
  });
});

describe('an answer that failed', () => {
  it('offers what helps, which is not always the same again', async () => {
    const { app } = await opened('Refusals');
    const failed = app.thread.messages.filter((message) => message.row.error);
    const offered = failed.map((message) => retryOf(app, message, () => undefined));
    expect(offered.map((one) => one.label)).toEqual([
      'Change the key',
      'Choose another model',
      'Try again',
      'Choose another model',
      'Try again',
      'Choose another model',
      'Try again',
    ]);
    offered[0]?.run();
    expect(app.navigation.place).toBe('settings');
  });

  it('lets another model answer', async () => {
    const { user } = await opened('Refusals');
    await user.click(await screen.findByRole('button', { name: 'Choose another model' }));
    expect(await screen.findByTestId('model-list')).toBeTruthy();
  });
});

it('goes on with an answer that was cut off by its length, which is no failure', async () => {
  const { user, asked, app } = await opened('Cut off');
  const cut = await screen.findByTestId('message-interrupted');
  expect(cut.textContent).toContain('as long as an answer may');
  expect(cut.textContent).toContain('Let it go on');
  expect(screen.queryByTestId('message-error')).toBeNull();
  const id = app.thread.messages.at(-1)?.id;
  await user.click(screen.getByTestId('message-continue'));
  await waitFor(() => expect(asked('message_continue')).toEqual([{ message_id: id }]));
});

describe('the last question', () => {
  it('is edited with the arrow up from an empty field, and the keyboard comes back', async () => {
    const { user, app } = await opened('Many sources');
    const input = screen.getByTestId<HTMLTextAreaElement>('composer-input');
    await user.click(input);
    await user.keyboard('x{ArrowUp}');
    expect(app.chat.editing, 'what is being typed is not left').toBeNull();
    await user.keyboard('{Backspace}{ArrowUp}');
    const edit = await screen.findByTestId<HTMLTextAreaElement>('message-edit-input');
    expect(edit.value).toContain('three days');
    expect(document.activeElement).toBe(edit);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('message-edit-input')).toBeNull());
    expect(app.chat.focusComposer).toBeGreaterThan(0);
  });

  it('is not edited while something arrives', async () => {
    const { app } = await opened('Tools');
    expect(app.thread.streaming).not.toBeNull();
    findCommand(app, 'question.edit')?.run();
    expect(app.chat.editing).toBeNull();
  });
});

it('lets what is written meanwhile wait for the answer, where it can be changed', async () => {
  const { user, asked, app } = await opened('Many sources');
  const input = screen.getByTestId<HTMLTextAreaElement>('composer-input');
  await user.type(input, 'first{Enter}');
  await waitFor(() => expect(app.thread.arriving).not.toBeNull());
  expect(screen.queryByTestId('queue'), 'nothing is written').toBeNull();
  await user.type(input, 'second');
  await user.click(await screen.findByTestId('queue'));
  const line = await screen.findByTestId('queued');
  expect(line.textContent).toMatch(/Sent when this answer is done.*second/s);
  expect([input.value, asked('message_send').length]).toEqual(['', 1]);
  expect(await violations(line.closest('form') as HTMLElement)).toEqual([]);
  await user.click(screen.getByTestId('queued-edit'));
  await waitFor(() => expect([input.value, screen.queryByTestId('queued')]).toEqual(['second', null]));
  await user.type(input, '!{Enter}');
  await screen.findByTestId('queued');
  await user.click(screen.getByTestId('queued-remove'));
  expect([input.value, screen.queryByTestId('queued')]).toEqual(['', null]);
  await user.type(input, 'third{Enter}');
  await user.click(screen.getByTestId('stop'));
  await waitFor(() => expect(input.value, 'it was not done').toBe('third'));
  await user.type(input, '{Enter}');
  await waitFor(() => expect(app.thread.arriving).not.toBeNull());
  await user.type(input, 'fourth{Enter}');
  await waitFor(() => expect(asked('message_send')).toHaveLength(3), { timeout: 20_000 });
  expect(asked('message_send').at(-1)).toMatchObject({ text: 'fourth' });
  await waitFor(() => expect([input.value, screen.queryByTestId('queued')]).toEqual(['', null]));
}, 60_000);

it('has the focus in the field after a question was left to wait by the button', async () => {
  const plain = matchMedia;
  const hover = vi.spyOn(globalThis, 'matchMedia').mockImplementation((query) => ({ ...plain(query), matches: query === '(hover: hover)' }));
  const { user, app } = await opened('Many sources', { wordsPerSecond: 1 });
  const input = screen.getByTestId<HTMLTextAreaElement>('composer-input');
  await user.type(input, 'first{Enter}');
  await waitFor(() => expect(app.thread.arriving).not.toBeNull());
  await user.type(input, 'second');
  await user.click(await screen.findByTestId('queue'));
  await screen.findByTestId('queued');
  expect(screen.queryByTestId('queue')).toBeNull();
  await waitFor(() => expect(document.activeElement === input).toBe(true));
  hover.mockRestore();
});

it('says beside a message what it cost', async () => {
  await opened('Many sources');
  const answer = screen.getAllByTestId('message-row').at(-1);
  expect(answer?.querySelector('.details')?.textContent).toContain('1,312 tokens · $0.01');
});

describe('a question with files', () => {
  it('is asked again without some of them, and with files alone', async () => {
    const { user, asked, app, id, fake } = await opened('Three days');
    const question = fake.world.messages.get(id)?.findLast((row) => row.role === 'user');
    if (!question) throw new Error('no question');
    const file = (name: string) => ({ asset_id: name, name, media_type: 'application/pdf', bytes: 10 });
    question.attachments = [file('one.pdf'), file('two.pdf')] as typeof question.attachments;
    fake.world.emit({ type: 'messages_changed', conversation_id: id });
    await waitFor(() => expect(app.thread.messages.find((one) => one.id === question.id)?.row.attachments).toHaveLength(2));
    app.chat.editing = question.id;
    const edit = await screen.findByTestId<HTMLTextAreaElement>('message-edit-input');
    await user.clear(edit);
    const send = screen.getByTestId<HTMLButtonElement>('message-edit-send');
    expect(send.disabled, 'its files go without words').toBe(false);
    await user.click(screen.getByLabelText('one.pdf'));
    await user.click(screen.getByLabelText('two.pdf'));
    expect(send.disabled, 'nothing is left of it').toBe(true);
    await user.click(screen.getByLabelText('two.pdf'));
    await user.click(send);
    await waitFor(() => expect(asked('message_edit')).toEqual([{ message_id: question.id, text: '', without: ['one.pdf'] }]));
  });
});
