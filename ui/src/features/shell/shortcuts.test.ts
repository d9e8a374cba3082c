import { describe, expect, it } from 'vitest';
import { SHORTCUTS, shortcutLabel, shortcutOf } from './shortcuts';

const press = (key: string, change: Partial<KeyboardEvent> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...change,
});

describe('shortcutOf', () => {
  it.each([
    ['linux', press('n', { ctrlKey: true }), 'chat.new'],
    ['windows', press('F', { ctrlKey: true, shiftKey: true }), 'search.open'],
    ['macos', press('k', { metaKey: true }), 'palette.open'],
    ['macos', press('k', { ctrlKey: true }), null],
    ['linux', press('k', { ctrlKey: true, metaKey: true }), null],
    ['linux', press('k'), null],
    ['linux', press('\\', { ctrlKey: true, code: 'Backslash' }), 'list.toggle'],
    // German: the key in that place types #, and / is Shift+7.
    ['linux', press('#', { ctrlKey: true, code: 'Backslash' }), 'list.toggle'],
    ['linux', press('/', { ctrlKey: true, shiftKey: true, code: 'Digit7' }), 'shortcuts.open'],
    ['linux', press('F2'), 'conversation.rename'],
    ['linux', press('ArrowDown', { altKey: true }), 'conversation.next'],
    ['linux', press('ArrowLeft', { altKey: true }), 'branch.previous'],
    ['linux', press('N', { ctrlKey: true, shiftKey: true }), 'chat.temporary'],
    ['linux', press('j', { ctrlKey: true, shiftKey: true }), null],
  ])('%s %o', (platform, event, id) => {
    expect(shortcutOf(event, platform)).toBe(id);
  });
});

it('gives every action keys of its own', () => {
  const keys = Object.values(SHORTCUTS);
  expect(new Set(keys).size).toBe(keys.length);
});

it('prints keys as the platform does', () => {
  expect(shortcutLabel('search.open', 'linux')).toBe('Ctrl+Shift+F');
  expect(shortcutLabel('search.open', 'macos')).toBe('⌘⇧F');
});
