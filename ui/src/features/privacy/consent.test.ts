import { screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import PolicyBanner from './PolicyBanner.svelte';
import PrivacyPage from './PrivacyPage.svelte';

const open = async (page: 'consents' | 'policy', options: FakeOptions = {}) => {
  const rendered = await renderWithApp(PrivacyPage, {}, options);
  rendered.app.navigation.go('privacy', page);
  return { ...rendered, user: userEvent.setup() };
};

describe('consents', () => {
  it('are given and withdrawn in equally many clicks', async () => {
    const { fake, user } = await open('consents');
    const name = 'Crash reports';
    const clicks: number[] = [];
    for (const given of [true, false]) {
      let count = 0;
      const is = () => fake.world.consents.find((row) => row.purpose === 'diag.crash')?.given;
      while (is() !== given) {
        count += 1;
        await user.click(await screen.findByRole('switch', { name }));
        await waitFor(() => expect(screen.getByRole('switch', { name }).getAttribute('aria-checked')).toBe(String(given)));
      }
      clicks.push(count);
    }
    expect(clicks).toEqual([1, 1]);
  });

  it('open to basis, recipients and retention', async () => {
    const { user } = await open('consents');
    const summary = await screen.findByText(/Training of AI models/, { selector: 'summary span' });
    await user.click(summary.closest('summary') as HTMLElement);
    const details = summary.closest('details') as HTMLDetailsElement;
    expect(details.open).toBe(true);
    expect(details.textContent).toContain('until you withdraw');
    expect(details.textContent).toContain('the Fluxchat service you connect');
    expect(details.textContent).toContain('Art. 6(1)(a)');
    expect(await violations()).toEqual([]);
  });

  it('are saved as records', async () => {
    const { fake, user } = await open('consents');
    await user.click(await screen.findByRole('button', { name: /Save the records/ }));
    await user.click(await screen.findByText('Kantara receipts 1.1'));
    expect(await screen.findByText('5 records saved')).toBeTruthy();
    expect(fake.calls.find((call) => call.name === 'consent_export')?.req).toEqual({ format: 'kantara' });
  });

  it('say when a service did not repeat what it was told about training', async () => {
    await open('consents');
    expect(await screen.findByText(/An answer came without the confirmation/)).toBeTruthy();
  });

  it('say so when no service has answered', async () => {
    await open('consents', { empty: true });
    expect(await screen.findByText('No Fluxchat service has answered yet.')).toBeTruthy();
  });
});

describe('a supervised profile', () => {
  it('unlocks with the passphrase of the guardian and says what is wrong', async () => {
    const { fake, user } = await open('consents', { supervised: true });
    expect(await screen.findByText('Locked.')).toBeTruthy();
    expect(screen.getByRole('switch', { name: 'Crash reports' })).toHaveProperty('disabled', true);
    await user.click(screen.getByRole('button', { name: 'Unlock …' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText('Guardian’s passphrase'), 'a guess');
    await user.click(within(dialog).getByRole('button', { name: 'Unlock' }));
    expect((await within(dialog).findByRole('alert')).textContent).toContain('That is not the guardian’s passphrase.');
    expect(await violations()).toEqual([]);
    await user.type(within(dialog).getByLabelText('Guardian’s passphrase'), 'four plum trees');
    await user.click(within(dialog).getByRole('radio', { name: 'For 10 minutes' }));
    await user.click(within(dialog).getByRole('button', { name: 'Unlock' }));
    expect(await screen.findByText(/Unlocked until/)).toBeTruthy();
    expect(fake.calls.at(-1)?.name).not.toBe('guardian_end');
    await waitFor(() => expect(screen.getByRole('switch', { name: 'Crash reports' })).toHaveProperty('disabled', false));
    await user.click(screen.getByRole('button', { name: 'Lock now' }));
    expect(await screen.findByText('Locked.')).toBeTruthy();
  });

  it('begins with a passphrase typed twice, where nobody supervises yet', async () => {
    const { fake, user } = await open('consents');
    await user.click(await screen.findByRole('button', { name: 'Supervise …' }));
    const dialog = await screen.findByRole('dialog', { name: 'Supervise this profile' });
    const begin = within(dialog).getByRole('button', { name: 'Begin supervision' });
    await user.type(within(dialog).getByLabelText('Passphrase of the guardian'), 'four plum trees');
    await user.type(within(dialog).getByLabelText('The same passphrase again'), 'five plum trees');
    await user.click(begin);
    expect(within(dialog).getByText('The two are not the same.')).toBeTruthy();
    expect(await violations()).toEqual([]);
    expect(fake.calls.some((call) => call.name === 'guardian_begin')).toBe(false);
    await user.clear(within(dialog).getByLabelText('The same passphrase again'));
    await user.type(within(dialog).getByLabelText('The same passphrase again'), 'four plum trees');
    await user.click(begin);
    expect(await screen.findByText('Locked.')).toBeTruthy();
    expect(screen.getByRole('switch', { name: 'Crash reports' })).toHaveProperty('disabled', true);
    expect(fake.calls.find((call) => call.name === 'guardian_begin')?.req).toEqual({ passphrase: 'four plum trees' });
  });

  it('shows how long to wait', async () => {
    const { fake, user } = await open('consents', { supervised: true });
    fake.answer('guardian_end', () => {
      throw { code: 'guardian_wait', message: 'Too often.', kept: '', next: '', retry_after_ms: 30_000 };
    });
    await user.click(await screen.findByRole('button', { name: 'End supervision …' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText('Guardian’s passphrase'), 'four plum trees');
    await user.click(within(dialog).getByRole('button', { name: 'End supervision' }));
    expect(await within(dialog).findByText(/possible in 30 seconds/)).toBeTruthy();
  });
});

describe('the policy', () => {
  it('shows what changed and is accepted', async () => {
    const { fake, user } = await open('policy', { policyPending: true });
    expect(await screen.findByText(/Asked anew, because it changed: Improving the product and Training/)).toBeTruthy();
    const added = document.querySelectorAll('ins');
    expect([...added].map((each) => each.textContent)).toContain('product improvement, ');
    expect(await violations()).toEqual([]);
    await user.click(await screen.findByRole('button', { name: 'Accept version 2026-11-01' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Accept version 2026-11-01' })).toBeNull());
    expect(fake.calls.find((call) => call.name === 'policy_accept')?.req).toEqual({ version: '2026-11-01' });
  });

  it('looks for new versions only where that is wanted', async () => {
    const { fake, user } = await open('policy');
    const daily = await screen.findByRole('switch', { name: 'Look for new versions once a day' });
    expect(daily.getAttribute('aria-checked')).toBe('false');
    await user.click(daily);
    await waitFor(() => expect(fake.world.policyScheduled).toBe(true));
  });

  it('is announced quietly until it is accepted', async () => {
    const { fake, app } = await renderWithApp(PolicyBanner, {}, { policyPending: true });
    const banner = await screen.findByRole('status');
    expect(banner.textContent).toContain('in force since 2026-11-01');
    await userEvent.setup().click(within(banner).getByRole('button', { name: 'See what changed' }));
    expect(app.navigation.section).toBe('policy');
    expect(screen.queryByRole('status')).toBeNull();
    app.navigation.go('chat');
    fake.world.policyPending = false;
    app.revisions.consents += 1;
    await waitFor(() => expect(screen.queryByRole('status')).toBeNull());
  });
});
