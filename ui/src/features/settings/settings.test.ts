import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import { PAGES, type Page } from './pages';
import SettingsPage from './SettingsPage.svelte';
import { leavesUnencrypted } from './sources/presets';

const open = async (page: Page) => {
  const rendered = await renderWithApp(SettingsPage);
  rendered.app.navigation.go('settings', page);
  await waitFor(() => expect(rendered.app.sources.loaded).toBe(true));
  return { ...rendered, user: userEvent.setup() };
};

describe('every page', () => {
  it.each(PAGES)('%s has nothing that axe objects to', async (page) => {
    await open(page);
    expect(await violations()).toEqual([]);
  });
});

describe('appearance', () => {
  it('changes theme, size and language', async () => {
    const { app, user } = await open('appearance');
    await user.click(await screen.findByRole('radio', { name: 'Dark' }));
    await user.selectOptions(screen.getByLabelText('Text size'), '150');
    await user.selectOptions(screen.getByLabelText('Language'), 'Deutsch');
    expect(app.settings.value).toMatchObject({ theme: 'dark', text_percent: 150, language: 'de' });
  });
});

describe('sources', () => {
  it('say who receives what, and what each declares', async () => {
    await open('sources');
    const card = (await screen.findByRole('heading', { name: 'Mistral' })).closest('section') as HTMLElement;
    expect(card.textContent).toContain('Leaves to: api.mistral.ai');
    expect(card.textContent).toContain('30 days');
    const sandbox = screen.getByRole('heading', { name: 'sandbox' }).closest('section') as HTMLElement;
    expect(sandbox.textContent).toContain('No AI model; nothing leaves this computer.');
    expect(within(sandbox).queryByRole('button', { name: /Remove/ })).toBeNull();
  });

  it('are edited: only what changed is sent, and a key can be removed', async () => {
    const { fake, user } = await open('sources');
    await user.click(await screen.findByRole('button', { name: 'Edit Mistral' }));
    const dialog = await screen.findByRole('dialog', { name: 'Edit Mistral' });
    await user.selectOptions(await within(dialog).findByLabelText('Model of new conversations'), 'codestral');
    await user.click(within(dialog).getByRole('checkbox', { name: 'Remove the stored key' }));
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(fake.calls.find((call) => call.name === 'source_update')?.req).toEqual({
        id: 'source-mistral',
        key: '',
        default_model: 'codestral',
      }),
    );
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('are removed after a question', async () => {
    const { fake, user } = await open('sources');
    await user.click(await screen.findByRole('button', { name: 'Remove Ollama' }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove Ollama?' });
    await user.click(within(dialog).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Ollama' })).toBeNull());
    expect(fake.world.sources.some((source) => source.name === 'Ollama')).toBe(false);
  });
});

describe('an address', () => {
  it.each([
    ['http://example.org/v1', true],
    ['HTTP://192.168.0.2:1234', true],
    ['http://localhost.example.org', true],
    ['http://127.0.0.1:11434/v1', false],
    ['http://[::1]:8080', false],
    ['http://localhost', false],
    ['https://example.org', false],
    ['example.org', false],
  ])('%s travels unencrypted: %s', (address, expected) => {
    expect(leavesUnencrypted(address)).toBe(expected);
  });
});
