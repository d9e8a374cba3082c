import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import Welcome from './Welcome.svelte';

const setup = async () => {
  const ondone = vi.fn();
  const rendered = await renderWithApp(Welcome, { ondone }, { setupDone: false });
  await screen.findByRole('button', { name: 'Agree and start' });
  return { ...rendered, ondone, user: userEvent.setup() };
};
const sent = (fake: Awaited<ReturnType<typeof setup>>['fake']) =>
  fake.calls.find((call) => call.name === 'setup_complete')?.req;

describe('the first run', () => {
  it('begins with everything optional off and sends no consent', async () => {
    const { fake, user } = await setup();
    const switches = await screen.findAllByRole('switch');
    expect(switches).toHaveLength(5);
    for (const each of switches) expect(each).toHaveProperty('ariaChecked', 'false');
    await user.click(screen.getByRole('button', { name: 'Agree and start' }));
    await screen.findByRole('heading', { name: 'How do you want to start?' });
    expect(sent(fake)).toEqual({ audience: 'adult', policy_version: '2026-11-01', language: 'en', consents: [] });
  });

  it('sends exactly the consents that were switched on', async () => {
    const { fake, user } = await setup();
    await user.click(await screen.findByRole('switch', { name: 'Send crash reports, each shown first' }));
    await user.click(screen.getByRole('button', { name: 'Agree and start' }));
    await waitFor(() => expect(sent(fake)).toMatchObject({ consents: ['diag.crash'] }));
  });

  it('locks everything optional for somebody under care, even what was on', async () => {
    const { fake, user } = await setup();
    await user.click(await screen.findByRole('switch', { name: 'Count which features are used' }));
    await user.click(screen.getByRole('radio', { name: /Somebody under my care/ }));
    for (const each of screen.getAllByRole('switch')) {
      expect(each).toHaveProperty('disabled', true);
      expect(each.getAttribute('aria-checked')).toBe('false');
    }
    const begin = () => user.click(screen.getByRole('button', { name: 'Agree and start' }));
    await begin();
    expect(screen.getByText('A passphrase needs at least 8 characters.')).toBeTruthy();
    await user.type(screen.getByLabelText('Passphrase of the guardian', { selector: 'input' }), 'four plum trees');
    await user.type(screen.getByLabelText('The same passphrase again'), 'four plum tree');
    await begin();
    expect(screen.getByText('The two are not the same.')).toBeTruthy();
    expect(sent(fake)).toBeUndefined();
    await user.type(screen.getByLabelText('The same passphrase again'), 's');
    await begin();
    await waitFor(() =>
      expect(sent(fake)).toMatchObject({ audience: 'guardian', guardian_passphrase: 'four plum trees', consents: [] }),
    );
  });

  it('works by keyboard alone', async () => {
    const { ondone, user } = await setup();
    await screen.findAllByRole('switch');
    for (let step = 0; step < 20; step += 1) {
      await user.tab();
      if (document.activeElement?.textContent?.includes('Agree and start')) break;
    }
    await user.keyboard('{Enter}');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('How do you want to start?'));
    await user.tab();
    await user.keyboard('{Enter}');
    expect(ondone).toHaveBeenCalledOnce();
  });

  it('shows the whole policy', async () => {
    const { user } = await setup();
    await user.click(screen.getByRole('button', { name: 'Read the whole policy' }));
    const dialog = await screen.findByRole('dialog', { name: /Privacy policy/ });
    expect(dialog.textContent).toContain('What leaves, and why');
  });

  it('stays where it is when it cannot be stored, and says why', async () => {
    const { fake, user } = await setup();
    fake.answer('setup_complete', () => {
      throw { code: 'disk_full', message: 'The disk is full.', kept: '', next: '', retry_after_ms: null };
    });
    await user.click(screen.getByRole('button', { name: 'Agree and start' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full.');
    expect(screen.getByRole('button', { name: 'Agree and start' })).toBeTruthy();
  });

  it('has nothing that axe objects to', async () => {
    await setup();
    await screen.findAllByRole('switch');
    expect(await violations()).toEqual([]);
  });
});

describe('the door to one’s own server', () => {
  const open = async () => {
    const rendered = await setup();
    await rendered.user.click(screen.getByRole('button', { name: 'Agree and start' }));
    await rendered.user.click(await screen.findByRole('button', { name: /My own server or key/ }));
    return rendered;
  };

  it('adds, shows the models and starts there', async () => {
    const { fake, user, ondone } = await open();
    await user.type(screen.getByLabelText('Name'), 'Mine');
    await user.type(screen.getByLabelText('Address'), 'https://llm.example.org/v1');
    await user.type(screen.getByLabelText('Key'), 'secret');
    await user.click(screen.getByRole('button', { name: 'Add' }));
    expect((await screen.findByRole('status')).textContent).toContain('Mine answers and offers 3 models.');
    await user.click(screen.getByRole('button', { name: 'Start chatting' }));
    await waitFor(() => expect(ondone).toHaveBeenCalledOnce());
    expect(fake.world.defaultSource).toBe(fake.world.sources.find((source) => source.name === 'Mine')?.id);
  });

  it('says what is wrong, and a corrected address replaces the first', async () => {
    const { fake, user } = await open();
    await user.type(screen.getByLabelText('Name'), 'Mine');
    await user.type(screen.getByLabelText('Address'), 'https://wrong.example/v1');
    await user.click(screen.getByRole('button', { name: 'Add' }));
    expect((await screen.findByRole('alert')).textContent).toContain('wrong.example is unknown');
    expect(screen.getByRole('button', { name: 'Keep it anyway' })).toBeTruthy();
    await user.clear(screen.getByLabelText('Address'));
    await user.type(screen.getByLabelText('Address'), 'https://llm.example.org/v1');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('status');
    expect(fake.world.sources.filter((source) => source.name === 'Mine')).toHaveLength(1);
  });

  it('warns before anything travels unencrypted', async () => {
    const { user } = await open();
    await user.type(screen.getByLabelText('Address'), 'http://192.168.1.5:8080/v1');
    expect(screen.getByText(/not encrypted/)).toBeTruthy();
    await user.clear(screen.getByLabelText('Address'));
    await user.type(screen.getByLabelText('Address'), 'http://localhost:8080/v1');
    expect(screen.queryByText(/not encrypted/)).toBeNull();
  });
});
