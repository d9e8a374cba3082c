import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import FrozenBanner from '../chat/FrozenBanner.svelte';
import PrivacyPage from './PrivacyPage.svelte';

// Loaded with the first dialog; not what is timed here.
beforeAll(() => import('../../kit/Dialog.svelte'));

const open = async (page: 'retention' | 'frozen', options: FakeOptions = {}) => {
  const rendered = await renderWithApp(PrivacyPage, {}, options);
  rendered.app.navigation.go('privacy', page);
  return { ...rendered, user: userEvent.setup() };
};

describe('retention', () => {
  it('says what there is, and what a rule does', async () => {
    await open('retention');
    expect(await screen.findByText('All past searches')).toBeTruthy();
    expect(screen.getByText('delete 365 days after the last use · delete 30 days after archiving')).toBeTruthy();
    expect(screen.getByText('1 conversation, 0 files, 0 drafts, 0 searches')).toBeTruthy();
  });

  it('begins with one thing to do', async () => {
    await open('retention', { empty: true });
    expect(await screen.findByText('No rules yet')).toBeTruthy();
    expect(screen.getByText('No rule has deleted anything yet')).toBeTruthy();
  });

  it('shows what a rule would delete before it can be set', async () => {
    const { fake, user } = await open('retention');
    await user.click(await screen.findByRole('button', { name: 'Add a rule …' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a rule' });
    expect(within(dialog).queryByRole('button', { name: 'Set the rule' })).toBeNull();
    const days = within(dialog).getByLabelText('Days after the last use');
    await user.clear(days);
    await user.type(days, '0');
    expect(within(dialog).getByRole('button', { name: /Show what/ })).toHaveProperty('disabled', true);
    await user.clear(days);
    await user.type(days, '2');
    await user.click(within(dialog).getByRole('button', { name: /Show what/ }));
    expect(await within(dialog).findByText(/^Today it would delete \d+ conversations with/)).toBeTruthy();
    expect(within(dialog).getAllByText('· pinned').length).toBeGreaterThan(0);
    expect(await violations()).toEqual([]);
    await user.type(days, '0');
    expect(within(dialog).queryByRole('button', { name: 'Set the rule' })).toBeNull();
    await user.click(within(dialog).getByRole('button', { name: /Show what/ }));
    await user.click(await within(dialog).findByRole('button', { name: 'Set the rule' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.calls.find((call) => call.name === 'retention_set')?.req).toEqual({
      target: { level: 'kind', kind: 'conversations' },
      idle_days: 20,
      archived_days: undefined,
    });
  });

  it('of files says which go, and that their messages stay', async () => {
    const { fake, user } = await open('retention');
    await user.click(await screen.findByRole('button', { name: 'Add a rule …' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add a rule' });
    await user.selectOptions(within(dialog).getByLabelText('What it is about'), 'All files');
    expect(within(dialog).queryByLabelText('Days after archiving')).toBeNull();
    const days = await within(dialog).findByLabelText('Days after it was added');
    await user.clear(days);
    await user.type(days, '100');
    await user.click(within(dialog).getByRole('button', { name: /Show what/ }));
    expect(await within(dialog).findByText(/^Today it would delete 2 files, .* The messages they are in stay\.$/)).toBeTruthy();
    expect(within(dialog).getByText('Kitchen.jpg')).toBeTruthy();
    expect(within(dialog).getByText(/keeps? (its|their) old files:$/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Set the rule' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(fake.calls.find((call) => call.name === 'retention_set')?.req).toEqual({
      target: { level: 'kind', kind: 'media' },
      idle_days: 100,
      archived_days: undefined,
    });
    expect(screen.getByText('delete 100 days after it was added')).toBeTruthy();
  });

  it('says why it rests, and lets a person vouch for the clock', async () => {
    const { fake, user, app } = await open('frozen');
    fake.answer('retention_get', () => ({
      rules: [],
      paused: { why: 'clock', trusted_at: 1_790_000_000_000, clock_at: 1_850_000_000_000, hours_left: 5 },
      runs: [],
    }));
    app.navigation.go('privacy', 'retention');
    expect(await screen.findByText(/has run 5 more hours without another jump/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'The clock is right' }));
    await waitFor(() => expect(screen.queryByText(/The clock of this computer jumped/)).toBeNull());
  });
});

describe('freezing', () => {
  it('of everything is one switch', async () => {
    const { fake, app, user } = await open('frozen');
    expect(await screen.findByText('No conversation is frozen')).toBeTruthy();
    await user.click(screen.getByRole('switch', { name: 'Freeze everything' }));
    await waitFor(() => expect(app.restriction.everything).toBe(true));
    expect(fake.calls.find((call) => call.name === 'restriction_set_everything')?.req).toEqual({ on: true });
    expect(await violations()).toEqual([]);
  });

  it('of a conversation ends where it is read', async () => {
    const { app, fake } = await renderWithApp(FrozenBanner);
    const user = userEvent.setup();
    await waitFor(() => expect(app.history.active.status).toBe('ready'));
    const row = app.history.active.rows[0];
    await app.chat.open(row?.id ?? '');
    await user.click(await screen.findByRole('button', { name: 'Unfreeze' }));
    expect(fake.calls.find((call) => call.name === 'conversation_update')?.req).toEqual({ id: row?.id, restricted: false });
    expect(await violations()).toEqual([]);
  });
});
