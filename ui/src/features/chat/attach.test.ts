import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { createFake } from '../../platform/fake';
import { createClient } from '../../ipc/generated/client';
import { AppState } from '../../state/app.svelte';
import { violations } from '../../test/axe';
// Loaded when they are needed; here they are there from the beginning.
import './AttachmentChips.svelte';
import './AttachmentSheet.svelte';
import './ComposerBar.svelte';
import Citations from './Citations.svelte';
import ComposerHost from './test/ComposerHost.svelte';
import { pageList } from './attachment-words';

async function setup() {
  const fake = createFake({ empty: true });
  const app = new AppState(createClient(fake.call));
  await app.start();
  const { container } = render(ComposerHost, { app });
  await screen.findByTestId('attach-input');
  const names = () => fake.calls.map((call) => call.name);
  const sent = () => fake.calls.filter((call) => call.name === 'message_send').map((call) => call.req);
  const other = app.sources.rows.find((row) => !row.in_process);
  return { app, fake, container, names, sent, other };
}

const file = (name: string, bytes: BlobPart = 'words') => new File([bytes], name);
const sendable = () => !screen.getByTestId<HTMLButtonElement>('send').disabled;
const states = () => screen.getAllByTestId('attach-chip').map((chip) => chip.dataset['state']);

describe('Files beside a question', () => {
  it('are handed over in pieces, shown, and sent with the question', async () => {
    const { names, sent, app } = await setup();
    const user = userEvent.setup();
    await user.upload(screen.getByTestId('attach-input'), file('long.txt', 'x'.repeat(500_000)));
    await waitFor(() => expect(states()).toEqual(['ready']));
    expect(names().filter((name) => name === 'attachment_put')).toHaveLength(2);
    await user.type(screen.getByTestId('composer-input'), 'what is it?{Enter}');
    await waitFor(() => expect(sent()).toHaveLength(1));
    expect(sent()).toMatchObject([{ text: 'what is it?', attachments: [expect.any(String)] }]);
    expect(app.attachments.chips).toEqual([]);
  });

  it('come by paste and by drop, and words are pasted as words', async () => {
    const { app } = await setup();
    const input = screen.getByTestId('composer-input');
    await fireEvent.paste(input, { clipboardData: { files: [file('shot.png')], types: ['Files'], getData: () => '' } });
    await waitFor(() => expect(states()).toHaveLength(1));
    const dataTransfer = { types: ['Files'], files: [file('notes.txt')] };
    await fireEvent.dragEnter(window, { dataTransfer });
    expect(screen.queryByTestId('attach-drop')).not.toBeNull();
    await fireEvent.drop(window, { dataTransfer });
    await waitFor(() => expect(app.attachments.chips).toHaveLength(2));
    expect(screen.queryByTestId('attach-drop')).toBeNull();
    await fireEvent.paste(input, { clipboardData: { files: [], types: ['text/plain'], getData: () => 'words' } });
    expect(app.attachments.chips).toHaveLength(2);
    // Cells of a table come with a picture of themselves.
    const cells = { files: [file('cells.png')], types: ['text/plain', 'text/html', 'Files'], getData: () => 'a\tb' };
    await fireEvent.paste(input, { clipboardData: cells });
    expect(app.attachments.chips).toHaveLength(2);
  });

  it('a long text that is pasted is a file, and can become words of the message again', async () => {
    const { app, names } = await setup();
    const input = screen.getByTestId<HTMLTextAreaElement>('composer-input');
    const user = userEvent.setup();
    await user.type(input, 'before after');
    input.setSelectionRange(7, 7);
    const paste = (words: string) =>
      fireEvent.paste(input, { clipboardData: { files: [], types: ['text/plain'], getData: () => words } });
    // Not prevented: the field takes it as it always does.
    expect(await paste('x'.repeat(8_000))).toBe(true);
    expect(app.attachments.chips).toEqual([]);
    const long = 'line\n'.repeat(2_000);
    expect(await paste(long)).toBe(false);
    await waitFor(() => expect(states()).toEqual(['ready']));
    expect(input.value).toBe('before after');
    expect(app.attachments.chips).toMatchObject([{ name: 'Pasted text 1.txt', bytes: long.length }]);
    expect(names()).toContain('attachment_finish');
    await user.click(screen.getByTestId('attach-as-text'));
    expect(input.value).toBe(`before ${long}after`);
    await waitFor(() => expect(app.attachments.chips).toEqual([]));
    expect(names()).toContain('attachment_remove');
    // A file that was chosen has no such way back.
    await user.upload(screen.getByTestId('attach-input'), file('chosen.txt'));
    await waitFor(() => expect(states()).toEqual(['ready']));
    expect(screen.queryByTestId('attach-as-text')).toBeNull();
  });

  it('are handed over one after the other, and keep their order', async () => {
    const { fake, app, names } = await setup();
    let [now, most] = [0, 0];
    const user = userEvent.setup();
    fake.answer('attachment_put', async () => {
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return {};
    });
    await user.upload(
      screen.getByTestId('attach-input'),
      Array.from({ length: 12 }, (_, at) => file(`${at}.txt`)),
    );
    await waitFor(() => expect(states()).toEqual(Array(12).fill('ready')), { timeout: 10_000 });
    expect(most).toBe(1);
    expect(app.attachments.chips.map((chip) => chip.name)).toEqual(Array.from({ length: 12 }, (_, at) => `${at}.txt`));
    expect(names().filter((name) => name === 'attachment_finish')).toHaveLength(12);
    expect(app.attachments.ids).toHaveLength(12);
  });

  it('that are taken away while they are read do not come back', async () => {
    const { fake, app, names } = await setup();
    let go = (): void => undefined;
    fake.answer('attachment_put', () => new Promise((resolve) => (go = () => resolve({}))));
    const user = userEvent.setup();
    await user.upload(screen.getByTestId('attach-input'), file('late.txt'));
    await waitFor(() => expect(states()).toEqual(['reading']));
    await waitFor(() => expect(names()).toContain('attachment_put'));
    await user.click(screen.getByRole('button', { name: 'Remove late.txt' }));
    go();
    await waitFor(() => expect(names()).toContain('attachment_remove'));
    expect(app.attachments.chips).toEqual([]);
  });

  it('say why they cannot be read, and can be taken away', async () => {
    const { container } = await setup();
    const user = userEvent.setup({ applyAccept: false });
    await user.upload(screen.getByTestId('attach-input'), file('tool.exe'));
    await waitFor(() => expect(states()).toEqual(['failed']));
    expect(screen.getByTestId('attach-chip').textContent).toContain('This is not a kind of file');
    await user.type(screen.getByTestId('composer-input'), 'hello');
    expect(sendable()).toBe(false);
    expect(await violations(container)).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Remove tool.exe' }));
    expect(screen.queryByTestId('attach-chip')).toBeNull();
    expect(sendable()).toBe(true);
  });

  it('that the source cannot take bar the sending until another is chosen', async () => {
    const { app, other } = await setup();
    const user = userEvent.setup();
    await user.upload(screen.getByTestId('attach-input'), file('photo.png'));
    await waitFor(() => expect(states()).toEqual(['ready']));
    if (app.sources.default?.in_process) {
      expect(screen.getByTestId('attach-notes').textContent).toContain('Not every file can be sent here');
      expect(sendable()).toBe(false);
    }
    if (!other) return;
    await app.chat.choose({ sourceId: other.id, model: 'm' });
    await waitFor(() => expect(screen.getByTestId('attach-notes').textContent).not.toContain('Not every file'));
    expect(screen.getByTestId('attach-notes').textContent).toContain('Place, camera and time were taken out');
  });

  it('are looked at, some pages at a time', async () => {
    await setup();
    const user = userEvent.setup();
    await user.upload(screen.getByTestId('attach-input'), file('manual.pdf', 'x'.repeat(200_000)));
    await waitFor(() => expect(states()).toEqual(['ready']));
    await user.click(screen.getByText('manual.pdf'));
    const sheet = await screen.findByTestId('attach-sheet');
    expect(sheet.textContent).toContain('500 pages');
    expect(sheet.textContent).not.toContain('Page 4');
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(sheet.textContent).toContain('Page 4'));
    await user.click(screen.getByTestId('attach-save'));
    await waitFor(() => expect(sheet.textContent).toContain('A copy was saved'));
  });

  it('are looked at from the page an answer cites', async () => {
    const { app } = await setup();
    const user = userEvent.setup();
    await user.upload(screen.getByTestId('attach-input'), file('manual.pdf', 'x'.repeat(200_000)));
    await waitFor(() => expect(states()).toEqual(['ready']));
    const asset_id = app.attachments.ids[0] ?? '';
    const citations = [{ title: 'manual.pdf, p. 317', host: 'attachment', help: null, file: { asset_id, page: 317 }, address: null }];
    const onpage = (id: string, page: number) => app.attachments.look(id, page);
    render(Citations, { citations, ways: { onhelp: () => undefined, onlink: () => undefined, onpage } });
    await user.click(screen.getByTestId('citation'));
    const sheet = await screen.findByTestId('attach-sheet');
    await waitFor(() => expect(sheet.querySelector('h3')?.textContent).toBe('Page 317'));
    await user.click(screen.getByRole('button', { name: 'Show from the beginning' }));
    await waitFor(() => expect(sheet.querySelector('h3')?.textContent).toBe('Page 1'));
  });
});

it('pages are written as people write them', () => {
  expect(pageList([3, 5, 6, 7, 12])).toBe('3, 5–7, 12');
});
