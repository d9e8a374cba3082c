// What a new conversation begins with, and what goes with a message that is deleted.
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import Presets from '../settings/talk/Presets.svelte';
import UndoToasts from '../shell/UndoToasts.svelte';
import ChatView from './ChatView.svelte';
// Fetched when they are first needed; here they are there already.
import './ComposerBar.svelte';
import './EmptyChat.svelte';
import './MessageList.svelte';

// jsdom does not end the animation with which a dialog gives the pointer back.
const person = () => userEvent.setup({ pointerEventsCheck: 0 });

async function chat() {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 3, wordsPerSecond: 1_000 });
  const { app, fake } = rendered;
  const reviewer = app.talk.presets.find((preset) => preset.name === 'Reviewer');
  if (!reviewer) throw new Error('an assistant');
  const source = app.sources.rows.find((row) => row.name === 'Mistral');
  if (!source) throw new Error('a source');
  await app.client.presetSave({ ...reviewer, source_id: source.id, model: 'codestral' });
  const asked = (name: string) => fake.calls.filter((call) => call.name === name).map((call) => call.req);
  const input = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');
  return { ...rendered, user: person(), reviewer, source, asked, input };
}

const pressed = (name: string) => screen.getByRole('button', { name }).getAttribute('aria-pressed');

describe('a new conversation', () => {
  it('begins with nothing until an assistant is chosen for that', async () => {
    const { user, asked, input } = await chat();
    await user.type(input(), 'hello{Enter}');
    await waitFor(() => expect(asked('message_send')).toHaveLength(1));
    expect((asked('message_send')[0] as { instructions?: unknown }).instructions).toBeUndefined();
  });

  it('begins with the assistant that was chosen for it, its source and its model, the first and the next', async () => {
    const { app, user, asked, input, reviewer, source } = await chat();
    await app.talk.beginWith(reviewer.id);
    const expected = { source_id: source.id, model: 'codestral', instructions: { preset: 'Reviewer', system: reviewer.system } };
    expect(pressed('Reviewer')).toBe('true');
    await user.type(input(), 'one{Enter}');
    await waitFor(() => expect(asked('message_send')).toMatchObject([expected]));
    await waitFor(() => expect(app.thread.conversationId).not.toBeNull());
    await app.chat.choose({ sourceId: app.sources.rows.find((row) => row.in_process)?.id ?? '', model: null });
    app.chat.newChat();
    await user.type(input(), 'two{Enter}');
    await waitFor(() => expect(asked('message_send')).toMatchObject([expected, expected]));
  });

  it('begins with it where it is temporary as well, from wherever somebody was', async () => {
    const { app, asked, reviewer, source } = await chat();
    await app.talk.beginWith(reviewer.id);
    await app.chat.newTemporary();
    const first = app.thread.conversationId;
    await app.chat.open(app.history.active.rows[0]?.id ?? '');
    await app.chat.newTemporary();
    expect(asked('temporary_begin')).toEqual([1, 2].map(() => ({ source_id: source.id, model: 'codestral' })));
    expect(asked('instructions_set')).toMatchObject([first, app.thread.conversationId].map((id) => ({ id, instructions: { preset: 'Reviewer' } })));
  });

  it('can do without it, and with another', async () => {
    const { app, user, asked, input, reviewer } = await chat();
    await app.talk.beginWith(reviewer.id);
    await user.click(await screen.findByRole('button', { name: 'Reviewer' }));
    expect(pressed('Reviewer')).toBe('false');
    await user.type(input(), 'one{Enter}');
    await waitFor(() => expect(asked('message_send')).toMatchObject([{ instructions: { preset: null, system: '' } }]));
    app.chat.newChat();
    await user.click(await screen.findByRole('button', { name: 'Patient teacher' }));
    expect([pressed('Reviewer'), pressed('Patient teacher')]).toEqual(['false', 'true']);
  });

  it('has its assistant chosen in the settings', async () => {
    const { app, fake } = await renderWithApp(Presets, {}, { conversations: 1 });
    const user = person();
    const select = await screen.findByLabelText('New conversations begin with');
    await user.selectOptions(select, 'Reviewer');
    await waitFor(() => expect(app.talk.initial?.name).toBe('Reviewer'));
    expect(await violations()).toEqual([]);
    fake.answer('preset_default', () => Promise.reject({ code: 'not_found', message: 'It is gone.' }));
    await user.selectOptions(select, 'None');
    expect((await screen.findByRole('alert')).textContent).toContain('It is gone.');
  });
});

it('a deleted message says how many went with it', async () => {
  const { app } = await renderWithApp(UndoToasts, {}, { conversations: 2 });
  await app.chat.open(app.history.active.rows[0]?.id ?? '');
  const remove = async (at: number) => {
    const message = app.thread.messages.at(at);
    if (message) await app.chat.deleteMessage(message);
    await waitFor(() => expect(app.thread.messages).not.toContain(message));
  };
  await remove(-1);
  expect(await screen.findByText('Message deleted')).toBeTruthy();
  await remove(-2);
  expect(await screen.findByText('Message deleted with 1 message below it')).toBeTruthy();
  await remove(-5);
  expect(await screen.findByText('Message deleted with 4 messages below it')).toBeTruthy();
  expect(screen.getAllByTestId('undo')).toHaveLength(3);
});
