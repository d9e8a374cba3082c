import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { FakeOptions } from '../../platform/fake/world';
import { t } from '../../i18n/index.svelte';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import { PAGES, type Page } from './data.svelte';
import LedgerDrawer from './LedgerDrawer.svelte';
import PrivacyNav from './PrivacyNav.svelte';
import PrivacyPage from './PrivacyPage.svelte';

const open = async (page: Page, options: FakeOptions = {}) => {
  const rendered = await renderWithApp(PrivacyPage, {}, options);
  rendered.app.navigation.go('privacy', page);
  return { ...rendered, user: userEvent.setup() };
};

describe('every page', () => {
  it.each(PAGES)('%s has nothing that axe objects to', async (page) => {
    await open(page);
    await waitFor(() => expect(screen.queryByRole('img', { name: 'Loading' })).toBeNull());
    expect(await violations()).toEqual([]);
  });

  it.each(PAGES)('%s says what failed and tries again', async (page) => {
    const { fake, app, user } = await open('overview');
    const broken = () => {
      throw { code: 'busy', message: 'The archive is busy.', kept: 'Nothing was lost.', next: '', retry_after_ms: null };
    };
    const commands = {
      overview: 'privacy_overview',
      kept: 'privacy_stored',
      left: 'ledger_page',
      recipients: 'ledger_recipients',
      consents: 'consent_list',
      deletion: 'receipt_list',
      lock: 'lock_status',
      export: 'export_preview',
      diagnostics: 'diagnostics_get',
      policy: 'policy_get',
      retention: 'retention_get',
      frozen: 'restriction_get',
      rights: 'rights_list',
      prove: 'privacy_prove',
    } as const;
    const name = commands[page];
    fake.answer(name, broken);
    if (page === 'overview') app.revisions.ledger += 1;
    else app.navigation.go('privacy', page);
    if (page === 'deletion') app.revisions.receipts += 1;
    if (page === 'prove') await user.click(await screen.findByRole('button', { name: 'Look now' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The archive is busy.');
    const before = fake.calls.filter((call) => call.name === name).length;
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(fake.calls.filter((call) => call.name === name).length).toBeGreaterThan(before);
  });
});

describe('the list', () => {
  it('leads to every page and marks the one that is open', async () => {
    const { app } = await renderWithApp(PrivacyNav);
    const user = userEvent.setup();
    for (const page of [...PAGES.slice(1), ...PAGES.slice(0, 1)]) {
      const name = t(`privacy.page.${page}`).replaceAll('?', '\\?');
      await user.click(screen.getByRole('button', { name: new RegExp(`^${name}`) }));
      expect(screen.getByRole('button', { name: new RegExp(`^${name}`) }).getAttribute('aria-current')).toBe('page');
    }
    expect(app.navigation.section).toBe('overview');
  });
});

describe('the overview', () => {
  it('shows four numbers that open their pages', async () => {
    const { app, user } = await open('overview');
    await user.click(await screen.findByRole('button', { name: /Consents on\s*0 of 5/ }));
    expect(app.navigation.section).toBe('consents');
  });

  it('offers what can be done with all of it, each thing once and first', async () => {
    const { app, fake, user } = await open('overview', { hasPassphrase: true });
    const group = await screen.findByRole('group', { name: 'All of it at once' });
    const names = within(group)
      .getAllByRole('button')
      .map((button) => button.textContent?.trim());
    expect(names).toEqual(['Export everything …', 'Delete …', 'Lock', 'Go offline']);
    for (const name of names) expect(screen.getAllByRole('button', { name: name! })).toHaveLength(1);
    expect(screen.getAllByRole('button')[0]).toBe(within(group).getAllByRole('button')[0]);
    await user.click(screen.getByTestId('overview-offline'));
    await screen.findByRole('button', { name: 'Go online' });
    await user.click(screen.getByTestId('overview-lock'));
    await waitFor(() => expect(fake.calls.some((call) => call.name === 'session_lock')).toBe(true));
    expect(app.navigation.section).toBe('overview');
  });

  it('leads to the passphrase where nothing can be locked, and to the export', async () => {
    const { app, user } = await open('overview');
    await user.click(await screen.findByRole('button', { name: 'Set up the lock …' }));
    expect(app.navigation.section).toBe('lock');
    app.navigation.go('privacy', 'overview');
    await user.click(await screen.findByRole('button', { name: 'Export everything …' }));
    expect(app.navigation.section).toBe('export');
  });

  it('names the consents that are on', async () => {
    const { app, user } = await open('consents');
    await user.click(await screen.findByRole('switch', { name: 'Crash reports' }));
    app.navigation.go('privacy', 'overview');
    await screen.findByRole('button', { name: /Consents on\s*1 of 5\s*Crash reports/ });
  });

  it('says so when nothing has left', async () => {
    await open('overview', { empty: true });
    expect(await screen.findByText('Nothing left this computer in the last seven days.')).toBeTruthy();
  });

  it('checks the chains and tells the result', async () => {
    const { fake, user } = await open('overview');
    fake.answer('privacy_verify', () => ({
      ledger: { rows: 250, broken_at: 17 },
      consents: { rows: 5, broken_at: null },
      receipts: { rows: 0, broken_at: null },
      objections: { rows: 0, broken_at: null },
    }));
    await user.click(await screen.findByRole('button', { name: 'Check the chains' }));
    expect(await screen.findByText(/Ledger: entry 17 does not follow/)).toBeTruthy();
    expect(screen.getByText('Consents: 5 entries, each follows from the one before')).toBeTruthy();
  });
});

describe('consents', () => {
  it('are given and withdrawn with one click each', async () => {
    const { fake, user } = await open('consents');
    const crash = await screen.findByRole('switch', { name: 'Crash reports' });
    await user.click(crash);
    await waitFor(() => expect(crash.getAttribute('aria-checked')).toBe('true'));
    await user.click(crash);
    await waitFor(() => expect(crash.getAttribute('aria-checked')).toBe('false'));
    expect(fake.calls.filter((call) => call.name === 'consent_set').map((call) => call.req)).toEqual([
      { purpose: 'diag.crash', given: true },
      { purpose: 'diag.crash', given: false },
    ]);
  });

  it('stay as they are when the change was refused', async () => {
    const { fake, user } = await open('consents');
    fake.answer('consent_set', () => {
      throw { code: 'controls_restricted', message: 'A guardian keeps this off.', kept: '', next: '', retry_after_ms: null };
    });
    const crash = await screen.findByRole('switch', { name: 'Crash reports' });
    await user.click(crash);
    expect((await screen.findByRole('alert')).textContent).toContain('A guardian keeps this off.');
    expect(screen.getByRole('switch', { name: 'Crash reports' }).getAttribute('aria-checked')).toBe('false');
  });
});

describe('the ledger', () => {
  /** Nothing has a size here, so the list is given one: what is drawn is what fits. */
  const sized = () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(410);
    return () => vi.restoreAllMocks();
  };

  it('is filtered and read on page by page, and only what is on the screen exists', async () => {
    const restore = sized();
    const { fake, user } = await open('left', { ledger: 1_000 });
    const list = await screen.findByRole('list', { name: 'What left' });
    const drawn = () => within(list).getAllByRole('listitem').length;
    await waitFor(() => expect(drawn()).toBeGreaterThan(9));
    const pages = () => fake.calls.filter((call) => call.name === 'ledger_page').length;
    for (let page = 0; page < 4; page += 1) {
      const before = pages();
      list.scrollTop = 1_000_000;
      await fireEvent.scroll(list);
      await waitFor(() => expect(pages()).toBeGreaterThan(before));
    }
    expect(drawn()).toBeLessThan(60);
    restore();
    await user.selectOptions(screen.getByLabelText('Outcome'), 'blocked');
    await waitFor(() =>
      expect(fake.calls.filter((call) => call.name === 'ledger_page').at(-1)?.req).toEqual({ outcome: 'blocked', limit: 100 }),
    );
    await user.selectOptions(screen.getByLabelText('Recipient'), 'releases.fluxchat.org');
    await user.selectOptions(screen.getByLabelText('Purpose'), 'svc.models');
    expect(await screen.findByText('No entry fits the filter')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Show all' }));
    await screen.findByRole('list', { name: 'What left' });
  });

  it('is narrowed to a conversation, from the list and from one of its rows', async () => {
    const restore = sized();
    const { fake, app, user } = await open('left');
    const last = () => fake.calls.filter((call) => call.name === 'ledger_page').at(-1)?.req;
    const id = fake.world.conversations[0]?.id ?? '';
    await user.selectOptions(await screen.findByLabelText('Conversation'), id);
    await waitFor(() => expect(last()).toEqual({ conversation_id: id, limit: 100 }));
    await user.selectOptions(screen.getByLabelText('Conversation'), 'all');
    await waitFor(() => expect(last()).toEqual({ limit: 100 }));
    await user.click(await screen.findByRole('button', { name: /^Details of entry 250, api.mistral.ai/ }));
    await user.click(await screen.findByRole('button', { name: 'Only this conversation' }));
    await waitFor(() => expect(last()).toEqual({ conversation_id: fake.world.ledger[0]?.conversation_id, limit: 100 }));
    app.navigation.go('privacy', 'kept');
    await waitFor(() => expect(app.navigation.ledgerOf).toBeNull());
    restore();
  });

  it('is moved through with the arrow keys', async () => {
    const restore = sized();
    const { user } = await open('left');
    const list = await screen.findByRole('list', { name: 'What left' });
    list.focus();
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('entry 250,'));
    await user.keyboard('{ArrowDown}{ArrowDown}');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('entry 248,'));
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('dialog', { name: 'One request' })).toBeTruthy();
    restore();
  });

  it('shows one request in full', async () => {
    const restore = sized();
    const { user } = await open('left');
    await user.click(await screen.findByRole('button', { name: /^Details of entry 250, api.mistral.ai/ }));
    restore();
    const sheet = await screen.findByRole('dialog', { name: 'One request' });
    expect(sheet.textContent).toContain('019ab0c0-1111-7000-8000-000000000000');
    expect(sheet.textContent).toContain('needed for what you asked for');
  });

  it('is saved in the format that was chosen', async () => {
    const { fake, user } = await open('left');
    await user.click(await screen.findByRole('button', { name: /Save the ledger/ }));
    await user.click(await screen.findByText('CSV'));
    expect(await screen.findByText('250 entries saved')).toBeTruthy();
    expect(fake.calls.find((call) => call.name === 'ledger_export')?.req).toEqual({ format: 'csv' });
  });

  it('is live in the drawer', async () => {
    const { app, fake } = await renderWithApp(LedgerDrawer, { open: true });
    await screen.findByText('Nothing is leaving now.');
    const before = fake.calls.filter((call) => call.name === 'ledger_page').length;
    fake.world.emit({ type: 'ledger_changed' });
    fake.world.emit({
      type: 'egress',
      status: {
        offline: false,
        blocked: null,
        active: [{ request_id: 'r', host: 'api.mistral.ai', purpose: 'svc.chat', in_process: false }],
      },
    });
    await screen.findByText('Chat is going to api.mistral.ai');
    await waitFor(() => expect(fake.calls.filter((call) => call.name === 'ledger_page').length).toBeGreaterThan(before));
    expect(app.egress.lamp).toBe('sending');
  });
});

describe('deletion', () => {
  it('never says proven for what the computer did not prove', async () => {
    const { fake, app } = await open('overview', { empty: true });
    fake.answer('receipt_list', () => ({
      receipts: [
        {
          ...{ erasure_id: 'e', scope: 'message', rows_by_table: { message: 1 }, files: 0, checkpoint: [0, 0, 0] as [number, number, number] },
          ...{ secure_delete: true, fts_secure_delete: true, search_verified: false, wal_bytes: 0, key_epoch: 1 },
          ...{ app_version: '0.1.0', requested_at: 1, at: 2, prev_hash: '', hash: '' },
        },
      ],
      requests: [
        { id: 'r', kind: 'erasure', erasure_id: 'e', source_name: 'sandbox', state: 'fulfilled', created_at: 1, expected_by: null, reason: null, attestation: 'checked' },
      ],
      pending: 0,
    }));
    app.navigation.go('privacy', 'deletion');
    expect((await screen.findAllByText('not proven')).length).toBeGreaterThan(0);
    expect(screen.queryByText('proven on this computer')).toBeNull();
    expect(screen.getAllByText(/^confirmed by the service/).length).toBeGreaterThan(0);
  });

  it('of everything needs the typed word and is never the default', async () => {
    const { app, fake, user } = await open('kept');
    await user.click(await screen.findByRole('button', { name: 'Delete everything …' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete from this computer' });
    const button = within(dialog).getByRole('button', { name: 'Delete for good' });
    const field = await within(dialog).findByLabelText('Type DELETE to confirm');
    expect(button).toHaveProperty('disabled', true);
    await user.click(field);
    await user.keyboard('{Enter}');
    expect(fake.calls.some((call) => call.name === 'deletion_begin')).toBe(false);
    await user.type(field, 'DELETE');
    await user.click(button);
    await waitFor(() => expect(app.navigation.section).toBe('deletion'));
    expect(fake.calls.find((call) => call.name === 'deletion_begin')?.req).toMatchObject({
      scope: { kind: 'everything' },
      word: 'DELETE',
    });
    expect(await screen.findByText('Everything: 40 conversations, 480 messages')).toBeTruthy();
  });
});

describe('is this true', () => {
  it('shows every law with what was found, and saves the report', async () => {
    const { user } = await open('prove');
    await user.click(screen.getByRole('button', { name: 'Look now' }));
    expect(await screen.findByText('Every promise that can be looked at here holds')).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'Delete means gone' })).toBeTruthy();
    expect(screen.getAllByRole('img', { name: 'Holds' }).length).toBe(10);
    await user.click(screen.getByRole('button', { name: 'Save the report …' }));
    expect(await screen.findByText(/The report was saved/)).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it('says plainly what does not hold', async () => {
    const { fake, user } = await open('prove');
    fake.answer('privacy_prove', () => ({
      at: Date.now(),
      app_version: '0.1.0',
      took_ms: 900,
      holds: false,
      checks: [{ id: 'delete.nothing_left', law: 'delete_means_gone', verdict: 'broken', says: 'None of it is left.', figure: 3 }],
      limits: [],
    }));
    await user.click(screen.getByRole('button', { name: 'Look now' }));
    expect(await screen.findByText('1 promise does not hold')).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Does not hold' })).toBeTruthy();
  });
});

describe('a service that signs with another key', () => {
  it('shows both keys and trusts the new one only when asked to', async () => {
    const { fake, user } = await open('rights');
    const first = (await fake.call('rights_list', {})) as { requests: { steps: unknown[] }[] };
    first.requests[0]!.steps.push({ at: 1, step: 'forged', reason: null, expected_by: null });
    fake.answer('rights_list', () => first as never);
    await user.click(await screen.findByRole('button', { name: 'Check now' }));
    await user.click(await screen.findByTestId('rights-key-look'));
    expect(await screen.findByText(/They differ/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    expect(fake.calls.some((call) => call.name === 'rights_key_trust')).toBe(false);
    await user.click(screen.getByTestId('rights-key-trust'));
    expect(await screen.findByText(/They are the same/)).toBeTruthy();
    expect(fake.calls.find((call) => call.name === 'rights_key_trust')?.req).toMatchObject({ source: 'sandbox' });
  });
});
