import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import Lock from './Lock.svelte';

describe('the app lock', () => {
  it('is set with a passphrase typed twice, and then locks', async () => {
    const user = userEvent.setup();
    const { app, fake } = await renderWithApp(Lock as never);
    await user.click(await screen.findByTestId('lock-set'));
    expect(await violations()).toEqual([]);
    await user.type(screen.getByTestId('lock-new'), 'a long sentence');
    await user.type(screen.getByTestId('lock-again'), 'another one');
    await user.click(screen.getByTestId('lock-submit'));
    expect(fake.calls.some((call) => call.name === 'passphrase_set')).toBe(false);
    await user.clear(screen.getByTestId('lock-again'));
    await user.type(screen.getByTestId('lock-again'), 'a long sentence');
    await user.click(screen.getByTestId('lock-submit'));
    const closed = vi.fn();
    app.onclosed = closed;
    await user.click(await screen.findByTestId('lock-now'));
    await waitFor(() => expect(closed).toHaveBeenCalledOnce());
    expect(app.thread.messages).toEqual([]);
  });

  it('says what this computer does not tell it', async () => {
    const { container } = await renderWithApp(Lock as never, {}, { hasPassphrase: true, deaf: true });
    expect((await screen.findByRole('note')).textContent).toContain('neither when it sleeps');
    expect(await violations()).toEqual([]);
    container.remove();
    await renderWithApp(Lock as never, {}, { hasPassphrase: true });
    await screen.findByText('Before this computer sleeps');
    expect(screen.queryByRole('note')).toBeNull();
  });

  it('shows a recovery code once, for the passphrase', async () => {
    const user = userEvent.setup();
    await renderWithApp(Lock as never, {}, { hasPassphrase: true });
    await user.click(await screen.findByTestId('lock-recovery'));
    await user.type(screen.getByTestId('lock-current'), 'open sesame');
    await user.click(screen.getByTestId('lock-submit'));
    expect((await screen.findByTestId('recovery-code')).textContent).toMatch(/^(\w{4}-){7}\w{4}$/);
    expect(await violations()).toEqual([]);
    await user.click(screen.getByTestId('recovery-done'));
    expect(screen.queryByTestId('recovery-code')).toBeNull();
  });
});
