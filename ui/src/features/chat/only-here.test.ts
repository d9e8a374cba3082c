import { screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { renderWithApp } from '../../test/render';
import ModelList from './ModelList.svelte';

async function setup() {
  const chosen: string[] = [];
  const { app, fake } = await renderWithApp(ModelList as never, {
    current: null,
    onchoose: ({ sourceId }: { sourceId: string }) => chosen.push(sourceId),
  });
  await app.history.active.load();
  const remote = fake.world.sources.find((row) => !row.in_process && !row.on_this_computer);
  const row = app.history.active.rows[0];
  if (!remote || !row) throw new Error('the fake has both');
  return { app, remote, id: row.id };
}

describe('a conversation that is kept to this computer', () => {
  it('loses a source elsewhere, asks for another and offers only those here', async () => {
    const { app, remote, id } = await setup();
    await app.history.update({ id, source_id: remote.id, model: 'mistral-small' });
    await app.chat.open(id);
    expect((await screen.findByTestId('model-list')).textContent).toContain(remote.name);
    await app.chat.keepHere(id, true);
    expect(app.chat.choice).toBeNull();
    expect(app.chat.choosingModel).toBe(true);
    expect((await screen.findByTestId('models-only-here')).textContent).toContain('not offered');
    expect(screen.getByTestId('model-list').querySelector('[role=listbox]')?.textContent).not.toContain(remote.name);
  });

  it('cannot be given a source elsewhere', async () => {
    const { app, remote, id } = await setup();
    await app.history.update({ id, source_id: 'source-sandbox' });
    await app.chat.keepHere(id, true);
    expect(await app.history.update({ id, source_id: remote.id })).toBe(false);
    expect(app.history.problem?.code).toBe('only_here');
  });
});
