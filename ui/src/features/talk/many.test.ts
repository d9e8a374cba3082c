// What somebody with a full archive does all day: take along, step through branches, find among hundreds.
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { PromptRow } from '../../ipc/generated/types';
import { code, list, paragraph } from '../../platform/fake/blocks';
import { matching, slashRows } from '../chat/slash.svelte';
import { lastCode } from '../chat/last-code';
import { stepBranch } from '../chat/branch-step';
import { violations } from '../../test/axe';
import { renderWithApp } from '../../test/render';
import ChatView from '../chat/ChatView.svelte';
import Prompts from '../settings/talk/Prompts.svelte';
// Fetched when they are first needed; here they are there already.
import '../chat/MessageList.svelte';
import './MarkdownDialog.svelte';

const prompt = (name: string, text = 'Words.'): PromptRow => ({ id: name, name, text, fields: [], created_at: 0 });
const names = (prompts: PromptRow[], query: string) => matching(slashRows(prompts, []), query).map(({ row }) => row.name);

describe('prompts after a slash', () => {
  const rows = [prompt('email-reply'), prompt('reply'), prompt('会议纪要'), prompt('summary', 'Answer a mail in five sentences.')];

  it('come by the beginning of their names first, then by any word of them, then by what they say', () => {
    expect(names(rows, 'reply')).toEqual(['reply', 'email-reply']);
    expect(names(rows, 'mail')).toEqual(['email-reply', 'summary']);
    expect(names(rows, '纪要')).toEqual(['会议纪要']);
    expect(names(rows, 'nothing')).toEqual([]);
  });

  it('are never more than somebody looks through', () => {
    const many = Array.from({ length: 400 }, (_, at) => prompt(`p-${at}`));
    expect(names(many, '')).toHaveLength(50);
    expect(names(many, 'p')).toHaveLength(50);
  });
});

describe('the last block of code', () => {
  it('is the last one, wherever it stands', () => {
    const one = code('sh', 'ls\npwd');
    expect(lastCode([one, paragraph('and')])).toBe('ls\npwd');
    const inList = { ...list(['x']), items: [{ task: null, checked: null, blocks: [code('py', 'row[1]')] }] } as never;
    expect(lastCode([one, inList])).toBe('row[1]');
    expect(lastCode([paragraph('none')])).toBeNull();
  });
});

describe('the prompt library', () => {
  it('with hundreds in it is searched by name and words, and draws no more than a screen or two', async () => {
    const { fake, app } = await renderWithApp(Prompts, {}, { conversations: 1 });
    const rows = Array.from({ length: 300 }, (_, at) => prompt(`entry-${at}`, at === 250 ? 'About gardens.' : 'Words.'));
    fake.answer('prompt_list', () => ({ rows }));
    await app.talk.load();
    const user = userEvent.setup();
    const search = await screen.findByTestId('shelf-search');
    await waitFor(() => expect(screen.getAllByRole('heading', { name: /^\/entry/ }).length).toBeLessThan(60));
    await user.type(search, 'garden');
    await waitFor(() => expect(screen.getAllByRole('heading', { name: /^\/entry/ }).map((it) => it.textContent)).toEqual(['/entry-250']));
    await user.type(search, 'zzz');
    expect((await screen.findByTestId('shelf-none')).textContent).toContain('gardenzzz');
    expect(await violations()).toEqual([]);
  });
});

async function opened() {
  const rendered = await renderWithApp(ChatView, {}, { conversations: 2 });
  const { app } = rendered;
  await waitFor(() => expect(app.history.active.status).toBe('ready'));
  const id = [...app.history.active.pinned, ...app.history.active.rows][0]?.id ?? '';
  await app.chat.open(id);
  await screen.findAllByTestId('message-row');
  const asked = (name: string) => rendered.fake.calls.filter((call) => call.name === name).map((call) => call.req);
  return { ...rendered, app, id, asked };
}

it('a conversation is taken along as Markdown, with reasoning only if that is asked for', async () => {
  const { app, id, asked } = await opened();
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  app.talk.markdown = id;
  const text = await screen.findByTestId('markdown-text');
  await waitFor(() => expect(text.textContent).toMatch(/^# /));
  expect(asked('conversation_text')).toEqual([{ id, with_workings: false, language: 'en' }]);
  await user.click(screen.getByTestId('markdown-workings'));
  await waitFor(() => expect(asked('conversation_text').at(-1)).toEqual({ id, with_workings: true, language: 'en' }));
  await user.click(screen.getByTestId('markdown-save'));
  await waitFor(() => expect(asked('conversation_save')).toEqual([{ id, with_workings: true, language: 'en' }]));
  await waitFor(() => expect(screen.getByTestId('markdown-done').textContent).toContain('Saved'));
  await user.click(screen.getByTestId('markdown-copy'));
  await waitFor(() => expect(screen.getByTestId('markdown-done').textContent).toContain('Copied'));
  expect(await navigator.clipboard.readText()).toMatch(/^# /);
  expect(await violations()).toEqual([]);
});

it('a branch is stepped to at the last message that has any, and nowhere beyond them', async () => {
  const { app, asked } = await opened();
  expect(stepBranch(app, 0), 'there is one branch').toBe(false);
  const last = app.thread.messages.at(-1);
  if (!last) throw new Error('no message');
  last.accept({ ...last.row, branch_ids: ['before', last.id] });
  expect(stepBranch(app, 1)).toBe(true);
  expect(asked('message_select_branch'), 'it is the last one').toEqual([]);
  stepBranch(app, -1);
  expect(asked('message_select_branch')).toEqual([{ message_id: 'before' }]);
});
