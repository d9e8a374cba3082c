import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { apiError } from '../../../platform/fake/world';
import { violations } from '../../../test/axe';
import { renderWithApp } from '../../../test/render';
import SourceForm from './SourceForm.svelte';

const open = async () => {
  const rendered = await renderWithApp(SourceForm as never, { doneLabel: 'Done', ondone: () => undefined } as never);
  await screen.findByRole('option', { name: 'Anthropic' });
  return { ...rendered, user: userEvent.setup() };
};

const added = (calls: readonly { name: string; req: unknown }[]) =>
  calls.find((call) => call.name === 'source_add')?.req;

describe('a new source', () => {
  it('of a service says what is done with data before anything is sent', async () => {
    const { fake, user } = await open();
    await user.selectOptions(screen.getByLabelText('Where'), 'Anthropic');
    const said = screen.getByRole('region', { name: 'What Anthropic says about data' });
    expect(within(said).getByText('Not without express permission')).toBeTruthy();
    expect(screen.queryByLabelText('How it speaks')).toBeNull();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(added(fake.calls)).toBeDefined());
    expect(added(fake.calls)).toEqual({ name: 'Anthropic', url: 'https://api.anthropic.com/v1', dialect: 'anthropic' });
  });

  it('at another address speaks as it is told to', async () => {
    const { fake, user } = await open();
    await user.selectOptions(screen.getByLabelText('How it speaks'), 'Ollama');
    await user.type(screen.getByLabelText('Name'), 'nas');
    await user.type(screen.getByLabelText('Address'), 'https://nas.example');
    await user.click(screen.getByRole('button', { name: 'Add' }));
    await waitFor(() => expect(added(fake.calls)).toMatchObject({ name: 'nas', dialect: 'ollama' }));
  });

  it('on this computer is looked for only when asked to, and fills the form', async () => {
    const { fake, user } = await open();
    expect(fake.calls.some((call) => call.name === 'source_find')).toBe(false);
    await user.click(screen.getByRole('button', { name: 'Find servers on this computer' }));
    expect(await screen.findByText('2 servers found')).toBeTruthy();
    expect(screen.getByText(/wants a key/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Use Ollama' }));
    expect(screen.getByLabelText<HTMLInputElement>('Address').value).toBe('http://127.0.0.1:11434');
    expect(screen.getByText(/except for models named/)).toBeTruthy();
    expect(added(fake.calls)).toBeUndefined();
  });

  it('says when nothing was found, and why nobody could look', async () => {
    const { fake, user } = await open();
    fake.answer('source_find', () => ({ rows: [] }));
    await user.click(screen.getByRole('button', { name: 'Find servers on this computer' }));
    expect(await screen.findByText('No server answers where one usually listens.')).toBeTruthy();
    fake.answer('source_find', () => {
      throw apiError('offline', 'Fluxchat is offline.', '', 'Go online first.');
    });
    await user.click(screen.getByRole('button', { name: 'Find servers on this computer' }));
    expect(await screen.findByText(/Fluxchat is offline/)).toBeTruthy();
  });
});
