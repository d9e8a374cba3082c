import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { SessionState } from '../../ipc/generated/types';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import SessionScreen from './SessionScreen.svelte';

const open = async (options: FakeOptions) => ({
  ...(await renderWithApp(SessionScreen, {}, options)),
  user: userEvent.setup(),
});
const STATES: SessionState[] = [
  'first_run',
  'locked',
  'no_provider',
  'backend_changed',
  'key_lost',
  'wrong_key',
  'corrupt',
  'too_new',
  'in_use',
  'unwritable',
];

describe('every state', () => {
  it.each(STATES)('%s has a title of its own, a way to try again, and nothing that axe objects to', async (state) => {
    const { fake, user } = await open({ state });
    const title = screen.getByRole('heading', { level: 1 });
    expect(title.textContent).not.toBe('The archive is not open');
    await waitFor(() => expect(document.activeElement).toBe(title));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(fake.calls.some((call) => call.name === 'session_retry')).toBe(true);
    expect(await violations()).toEqual([]);
  });

  it.each(STATES)('%s offers to start anew only where the archive cannot be read', async (state) => {
    await open({ state });
    const offered = screen.queryByRole('button', { name: 'Start anew' }) !== null;
    expect(offered).toBe(['key_lost', 'wrong_key', 'corrupt', 'backend_changed'].includes(state));
  });
});

describe('a passphrase', () => {
  it('opens the archive; a wrong one is said and forgotten', async () => {
    const { app, user } = await open({ state: 'locked', hasPassphrase: true });
    const field = screen.getByLabelText('Passphrase');
    await user.type(field, 'wrong{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('not the passphrase');
    expect(field).toHaveProperty('value', '');
    await user.type(field, 'open sesame{Enter}');
    await waitFor(() => expect(app.session.info?.state).toBe('ready'));
  });

  it('is made with eight characters, typed twice', async () => {
    const { app, fake, user } = await open({ state: 'no_provider' });
    const create = () => user.click(screen.getByRole('button', { name: 'Use this passphrase' }));
    await user.type(screen.getByLabelText('New passphrase'), 'short');
    await create();
    expect(await screen.findByText('Use at least 8 characters.')).toBeTruthy();
    await user.type(screen.getByLabelText('New passphrase'), ' is longer');
    await create();
    expect(await screen.findByText('The two are not the same.')).toBeTruthy();
    expect(fake.calls.some((call) => call.name === 'session_create')).toBe(false);
    await user.type(screen.getByLabelText('Once more'), 'short is longer');
    await create();
    await waitFor(() => expect(app.session.info?.storage).toBe('passphrase'));
  });
});

describe('without a keychain', () => {
  it('everything can stay in memory', async () => {
    const { app, user } = await open({ state: 'no_provider' });
    await user.click(screen.getByRole('button', { name: 'Start in memory' }));
    await waitFor(() => expect(app.session.info?.storage).toBe('memory'));
  });
});

describe('starting anew', () => {
  it('asks twice and says that nothing is deleted', async () => {
    const { fake, user } = await open({ state: 'key_lost' });
    await user.click(screen.getByRole('button', { name: 'Start anew' }));
    const dialog = await screen.findByRole('alertdialog');
    expect(dialog.textContent).toContain('set aside, not deleted');
    expect(fake.calls.some((call) => call.name === 'session_start_fresh')).toBe(false);
    await user.type(screen.getByLabelText('Type START to confirm'), 'START{Enter}');
    await waitFor(() =>
      expect(fake.calls.find((call) => call.name === 'session_start_fresh')?.req).toEqual({ confirmed: true }),
    );
  });
});
