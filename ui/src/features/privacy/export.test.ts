import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import type { Page } from './data.svelte';
import PrivacyPage from './PrivacyPage.svelte';

const open = async (page: Page, options: FakeOptions = {}) => {
  const rendered = await renderWithApp(PrivacyPage, {}, { wordsPerSecond: 2_000, ...options });
  rendered.app.navigation.go('privacy', page);
  return { ...rendered, user: userEvent.setup() };
};

describe('export', () => {
  it('shows what is inside and saves it', async () => {
    const { fake, user } = await open('export');
    expect(await screen.findByRole('row', { name: /Messages/ })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Export everything …' }));
    expect(await screen.findByText('Saved as fluxchat-export.zip')).toBeTruthy();
    expect(screen.getByText('It is not sealed: whoever has the file can read it.')).toBeTruthy();
    expect(fake.calls.find((call) => call.name === 'export_start')?.req).toEqual({});
  });

  it('is sealed only with the same passphrase twice', async () => {
    const { fake, user } = await open('export');
    await user.click(await screen.findByRole('switch', { name: 'Seal it with a passphrase' }));
    const start = screen.getByRole('button', { name: 'Seal and export everything …' });
    expect(start).toHaveProperty('disabled', true);
    await user.type(screen.getByLabelText('Passphrase'), 'correct horse');
    await user.type(screen.getByLabelText('The same once more'), 'correct hors');
    expect(await screen.findByText('The two are not the same.')).toBeTruthy();
    expect(start).toHaveProperty('disabled', true);
    await user.type(screen.getByLabelText('The same once more'), 'e');
    await waitFor(() => expect(start).toHaveProperty('disabled', false));
    expect(await violations()).toEqual([]);
    await user.click(start);
    expect(await screen.findByText('Saved as fluxchat-export.zip.age')).toBeTruthy();
    expect(fake.calls.find((call) => call.name === 'export_start')?.req).toEqual({ passphrase: 'correct horse' });
    expect(screen.queryByDisplayValue('correct horse')).toBeNull();
  });

  it('shows how far it is, also after looking elsewhere, and can be cancelled', async () => {
    const { app, user } = await open('export', { wordsPerSecond: 20 });
    await user.click(await screen.findByRole('button', { name: 'Export everything …' }));
    await screen.findByRole('progressbar', { name: 'Exporting' });
    expect(await violations()).toEqual([]);
    app.navigation.go('privacy', 'policy');
    app.navigation.go('privacy', 'export');
    await user.click(await screen.findByRole('button', { name: 'Cancel' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Nothing of it was left behind.');
  });

  it('says what failed', async () => {
    const { fake, user } = await open('export');
    fake.answer('export_start', () => {
      throw { code: 'export_full', message: 'There is not enough room for the export.', kept: '', next: '', retry_after_ms: null };
    });
    await user.click(await screen.findByRole('button', { name: 'Export everything …' }));
    expect((await screen.findByRole('alert')).textContent).toContain('There is not enough room for the export.');
  });

  it('says that there is little where nothing was done yet', async () => {
    await open('export', { empty: true });
    expect(await screen.findByText('There are no conversations yet')).toBeTruthy();
  });
});

describe('diagnostics', () => {
  it('sends nothing before it was agreed to, and exactly what is shown', async () => {
    const { fake, user } = await open('diagnostics');
    const send = await screen.findByRole('button', { name: /^Send to/ });
    expect(send).toHaveProperty('disabled', true);
    expect(screen.getByText(/crates\/core\/src\/chat\/stream.rs:88/)).toBeTruthy();
    await user.click(screen.getByRole('switch', { name: 'Crash reports' }));
    await waitFor(() => expect(screen.getByRole('button', { name: /^Send to/ })).toHaveProperty('disabled', false));
    await user.click(screen.getByRole('button', { name: /^Send to/ }));
    expect(await screen.findByText('sent')).toBeTruthy();
    expect(fake.calls.filter((call) => call.name === 'diagnostics_send')).toHaveLength(1);
  });

  it('makes a report to look at, which can go unsent', async () => {
    const { user } = await open('diagnostics', { empty: true });
    expect(await screen.findByText('No report was made')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Make a report' }));
    await user.click(await screen.findByRole('button', { name: 'Do not send' }));
    expect(await screen.findByText('not sent')).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('lets a person change the support bundle before it is saved', async () => {
    const { fake, user } = await open('diagnostics');
    await user.click(await screen.findByRole('button', { name: 'Write it down' }));
    const editor = await screen.findByLabelText('The bundle');
    await user.clear(editor);
    await user.type(editor, 'only this');
    await user.click(screen.getByRole('button', { name: 'Save …' }));
    expect(await screen.findByText('Saved as fluxchat-support.txt')).toBeTruthy();
    expect(fake.calls.find((call) => call.name === 'support_bundle_save')?.req).toEqual({ text: 'only this' });
    expect(within(screen.getByLabelText('Diagnostics')).queryByRole('alert')).toBeNull();
    expect(await violations()).toEqual([]);
  });
});
