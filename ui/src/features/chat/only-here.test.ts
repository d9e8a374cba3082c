import { screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { renderWithApp } from '../../test/render';
import ChatView from './ChatView.svelte';

describe('a conversation that is kept to this computer', () => {
  it('loses a source elsewhere, asks for another and offers only those here', async () => {
    const user = userEvent.setup();
    const { app, fake } = await renderWithApp(ChatView as never);
    await app.history.active.load();
    const remote = fake.world.sources.find((row) => !row.in_process && !row.on_this_computer);
    const row = app.history.active.rows[0];
    if (!remote || !row) throw new Error('the fake has both');
    await app.history.update({ id: row.id, source_id: remote.id, model: 'mistral-small' });
    await app.chat.open(row.id);
    await app.chat.keepHere(row.id, true);
    expect(app.chat.onlyHere).toBe(true);
    expect(app.chat.choice).toBeNull();
    expect((await screen.findByTestId('composer-only-here')).textContent).toContain('Choose a source');

    const offered = await screen.findByTestId('model-list');
    expect(offered.textContent).not.toContain(remote.name);
    expect(screen.getByTestId('models-only-here').textContent).toContain('not offered');
    const guide = await screen.findByText('Guide');
    await user.click(guide);
    expect(app.chat.choice?.sourceId).toBe('source-sandbox');
    expect(screen.getByTestId('composer-only-here').textContent).not.toContain('Choose a source');
  });

  it('cannot be given a source elsewhere', async () => {
    const { app, fake } = await renderWithApp(ChatView as never);
    await app.history.active.load();
    const remote = fake.world.sources.find((row) => !row.in_process && !row.on_this_computer);
    const row = app.history.active.rows[0];
    if (!remote || !row) throw new Error('the fake has both');
    await app.history.update({ id: row.id, source_id: 'source-sandbox' });
    await app.chat.keepHere(row.id, true);
    expect(await app.history.update({ id: row.id, source_id: remote.id })).toBe(false);
    expect(app.history.problem?.code).toBe('only_here');
  });
});
