import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import FilingFilter from '../shell/FilingFilter.svelte';
import FilingDialog from './FilingDialog.svelte';

// Loaded with the first menu that is opened; not what is timed here.
beforeAll(() => import('../../kit/MenuPanel.svelte'));

const ask = async (kind: 'folder' | 'tags' | 'manage', options: FakeOptions = {}) => {
  const rendered = await renderWithApp(FilingDialog, {}, { conversations: 8, ...options });
  const { app } = rendered;
  await waitFor(() => expect(app.history.active.status).toBe('ready'));
  const row = app.history.active.rows[0];
  if (!row) throw new Error('there is no conversation');
  app.filing.question = kind === 'manage' ? { kind } : { kind, row };
  return { ...rendered, row, user: userEvent.setup(), dialog: await screen.findByRole('dialog') };
};

describe('a conversation', () => {
  it('is moved to a folder, and out of it', async () => {
    const { dialog, user, fake, row } = await ask('folder');
    await user.click(await within(dialog).findByRole('radio', { name: 'Home' }));
    await user.click(within(dialog).getByRole('radio', { name: 'No folder' }));
    const moves = fake.calls.filter((call) => call.name === 'conversation_move').map((call) => call.req);
    expect(moves).toEqual([
      { id: row.id, folder_id: expect.any(String) },
      { id: row.id, folder_id: undefined },
    ]);
    expect(await violations()).toEqual([]);
  });

  it('goes into a folder that is made for it', async () => {
    const { dialog, user } = await ask('folder');
    await user.type(await within(dialog).findByLabelText('New folder'), 'Taxes{Enter}');
    await waitFor(() => expect(within(dialog).getByRole<HTMLInputElement>('radio', { name: 'Taxes' }).checked).toBe(true));
  });

  it('gets tags and loses them', async () => {
    const { dialog, user, fake, row } = await ask('tags');
    await user.click(await within(dialog).findByRole('checkbox', { name: 'urgent' }));
    await waitFor(() =>
      expect(fake.calls.find((call) => call.name === 'conversation_tag')?.req).toMatchObject({ id: row.id, on: true }),
    );
    expect(await violations()).toEqual([]);
  });
});

describe('names', () => {
  it('begin with the field for a new one, not with what changes the first', async () => {
    const { dialog } = await ask('manage');
    await waitFor(() => expect(document.activeElement).toBe(within(dialog).getByLabelText('New folder')));
  });

  it('are changed and removed, with a question before', async () => {
    const { dialog, user, fake } = await ask('manage');
    await user.click(await within(dialog).findByRole('button', { name: 'Rename Home' }));
    const field = within(dialog).getByLabelText('Rename Home');
    await user.clear(field);
    await user.type(field, 'House{Enter}');
    await within(dialog).findByRole('button', { name: 'Remove House' });
    await user.click(within(dialog).getByRole('button', { name: 'Remove House' }));
    expect(fake.calls.some((call) => call.name === 'folder_remove')).toBe(false);
    expect(within(dialog).getByText('Remove House? Its conversations stay.')).toBeTruthy();
    await user.click(within(dialog).getByRole('button', { name: 'Remove House' }));
    await waitFor(() => expect(within(dialog).queryByText('House')).toBeNull());
    expect(await violations()).toEqual([]);
  });

  it('that are taken are refused where they were typed', async () => {
    const { dialog, user } = await ask('manage');
    await user.type(await within(dialog).findByLabelText('New folder'), 'work{Enter}');
    expect((await within(dialog).findByRole('alert')).textContent).toContain('There is one of this name already');
  });

  it('that cannot be read say why', async () => {
    const { fake, app } = await renderWithApp(FilingDialog);
    fake.answer('filing_get', () => {
      throw { code: 'busy', message: 'The archive is busy.', kept: '', next: '', retry_after_ms: null };
    });
    app.filing.question = { kind: 'manage' };
    expect((await screen.findByRole('alert')).textContent).toContain('The archive is busy.');
  });

  it('that do not exist yet are asked for', async () => {
    const { app } = await renderWithApp(FilingDialog, {}, { empty: true });
    app.filing.question = { kind: 'manage' };
    expect(await screen.findByText('There are no folders yet.')).toBeTruthy();
    expect(screen.getByText('There are no tags yet.')).toBeTruthy();
  });
});

it('the list is narrowed to a folder', async () => {
  const { app, fake } = await renderWithApp(FilingFilter, {}, { conversations: 8 });
  const user = userEvent.setup();
  await waitFor(() => expect(app.filing.any).toBe(true));
  await user.click(screen.getByRole('button', { name: 'Show: All conversations' }));
  await user.click(await screen.findByText('Work'));
  await app.filing.list?.load();
  expect(fake.calls.findLast((call) => call.name === 'conversation_filed')?.req).toMatchObject({ folder_id: expect.any(String) });
  expect(app.filing.list?.rows.length).toBe(2);
  expect(screen.getByRole('button', { name: 'Show: Work' })).toBeTruthy();
});
