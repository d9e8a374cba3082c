import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import Shell from '../shell/Shell.svelte';
// Fetched when they are first needed; here they are there already.
import '../shell/TemporaryRows.svelte';
import './ComposerBar.svelte';
import './EmptyTemporary.svelte';
import './TemporaryLine.svelte';
import { commandSections } from '../shell/commands';

async function setup() {
  const user = userEvent.setup();
  const rendered = await renderWithApp(Shell as never);
  await rendered.app.history.active.load();
  await user.click(await screen.findByTestId('new-temporary'));
  await screen.findByTestId('temporary-empty');
  await screen.findByTestId('temporary-line');
  await screen.findByTestId('temporary-row');
  return { user, ...rendered };
}

async function say(user: ReturnType<typeof userEvent.setup>, words: string) {
  await user.type(screen.getByTestId('composer-input'), words);
  await user.click(await screen.findByTestId('send'));
  await waitFor(() => expect(screen.queryByTestId('temporary-empty')).toBeNull());
}

describe('a temporary conversation', () => {
  it('says what it is before and while something is said, and axe objects to nothing', async () => {
    const { app, user, fake } = await setup();
    expect(screen.getByTestId('conversation-title').textContent).toContain('Temporary conversation');
    expect(screen.getByTestId('temporary-line').textContent).toContain('Nothing of this conversation is kept');
    expect(screen.queryByTestId('temporary-keep')).toBeNull();
    expect(await violations()).toEqual([]);
    await say(user, 'about the pearl');
    expect(screen.getByTestId('temporary-line')).toBeTruthy();
    await user.hover((await screen.findAllByTestId('message-row'))[0] as HTMLElement);
    expect(screen.getByTestId('message-copy')).toBeTruthy();
    expect(screen.queryByTestId('message-delete')).toBeNull();
    expect(screen.queryByTestId('message-flag')).toBeNull();
    expect(screen.queryByTestId('conversation-menu')).toBeNull();
    const id = app.thread.conversationId;
    expect(app.history.active.find(id)).toBeUndefined();
    expect(screen.getAllByTestId('temporary-row')).toHaveLength(1);
    const sent = fake.calls.find((call) => call.name === 'message_send')?.req as { conversation_id?: string };
    expect(sent.conversation_id).toBe(id);
    expect(await violations()).toEqual([]);
  });

  it('names who receives what is sent', async () => {
    const { app } = await setup();
    const remote = app.sources.rows.find((row) => row.host !== null && !row.on_this_computer);
    if (!remote) throw new Error('the fake has one');
    await app.chat.choose({ sourceId: remote.id, model: null });
    await waitFor(() => expect(screen.getByTestId('temporary-line').textContent).toContain(remote.host));
  });

  it('ends, says that it is gone, and says so once', async () => {
    const { app, user, fake } = await setup();
    await say(user, 'about the pearl');
    const id = app.thread.conversationId ?? '';
    await user.click(screen.getByTestId('temporary-end'));
    expect((await screen.findByTestId('temporary-gone')).textContent).toContain('gone');
    expect(screen.queryByTestId('temporary-row')).toBeNull();
    expect(app.drafts.peek(id)).toBeUndefined();
    expect(fake.world.messages.has(id)).toBe(false);
    await user.click(screen.getByTestId('new-chat'));
    await waitFor(() => expect(screen.queryByTestId('temporary-gone')).toBeNull());
  });

  it('ends without a word if nothing was said in it', async () => {
    const { user } = await setup();
    await user.click(screen.getByTestId('temporary-row-end'));
    await screen.findByTestId('chat-empty');
    expect(screen.queryByTestId('temporary-gone')).toBeNull();
  });

  it('stays while another one is looked at, and nothing of it is found', async () => {
    const { app, user } = await setup();
    await say(user, 'about the pearl');
    const id = app.thread.conversationId;
    await user.click(screen.getByTestId('new-chat'));
    expect(app.thread.conversationId).toBeNull();
    app.search.type('pearl');
    await waitFor(() => expect(app.search.status).toBe('ready'));
    expect(app.search.hits).toEqual([]);
    await user.click(screen.getByTestId('temporary-row'));
    await waitFor(() => expect(app.thread.conversationId).toBe(id));
    expect(app.thread.messages.length).toBeGreaterThan(0);
  });

  it('is kept, and is in the list from then on', async () => {
    const { app, user } = await setup();
    await say(user, 'about the pearl');
    const id = app.thread.conversationId;
    await user.click(screen.getByTestId('temporary-keep'));
    await waitFor(() => expect(app.history.active.find(id)?.title).toBe('about the pearl'));
    expect(screen.queryByTestId('temporary-line')).toBeNull();
    expect(screen.queryByTestId('temporary-row')).toBeNull();
    expect(app.thread.conversationId).toBe(id);
    expect(await screen.findByTestId('conversation-menu')).toBeTruthy();
  });

  it('offers by keyboard and palette what makes sense, and nothing else', async () => {
    const { app, user } = await setup();
    const ids = () => commandSections(app).flatMap((section) => section.commands.map((command) => command.id));
    expect(ids()).toEqual(expect.arrayContaining(['chat.temporary', 'temporary.keep', 'conversation.delete']));
    for (const other of ['conversation.rename', 'conversation.pin', 'conversation.move', 'conversation.freeze']) {
      expect(ids()).not.toContain(other);
    }
    await say(user, 'about the pearl');
    await user.keyboard('{Control>}{Shift>}{Backspace}{/Shift}{/Control}');
    await screen.findByTestId('temporary-gone');
    await user.keyboard('{Control>}{Shift>}N{/Shift}{/Control}');
    await screen.findByTestId('temporary-empty');
  });

  it('is gone from the window when the core ends it', async () => {
    const { app, user, fake } = await setup();
    await say(user, 'about the pearl');
    fake.world.conversations = fake.world.conversations.filter((row) => !row.temporary);
    fake.world.emit({ type: 'conversation_removed', id: app.thread.conversationId ?? '' });
    await screen.findByTestId('chat-empty');
    expect(app.history.temporary.rows).toEqual([]);
  });
});
