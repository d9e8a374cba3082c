// @vitest-environment node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

type Hook = (message: unknown) => unknown;

/** Runs the frame's scripts as the frame does: in a realm of their own, in the order of its page. */
function frame(): { hook: Hook; parse: (text: string) => unknown; commands: Set<string>; told: unknown[] } {
  const folder = join(import.meta.dirname, '../../isolation');
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/<script src="([^"]+)"/g)].map((match) => match[1] ?? '');
  const told: unknown[] = [];
  const realm: Record<string, unknown> = {
    window: { parent: { postMessage: (message: unknown) => told.push(message) } },
  };
  for (const script of scripts) runInNewContext(readFileSync(join(folder, script), 'utf8'), realm);
  return {
    hook: realm['__TAURI_ISOLATION_HOOK__'] as Hook,
    parse: runInNewContext('(text) => JSON.parse(text)', realm) as (text: string) => unknown,
    commands: realm['FLUXCHAT_COMMANDS'] as Set<string>,
    told,
  };
}

describe('the isolation frame', () => {
  const { hook, parse, commands, told } = frame();
  const message = (cmd: unknown, payload: unknown) =>
    parse(JSON.stringify({ cmd, payload, callback: 1, error: 2, options: {} }));

  it('lets every command of the contract through with one request', () => {
    expect(commands.size).toBeGreaterThan(40);
    for (const command of commands) {
      const payload = command === 'session_open' ? { req: {}, events: '__CHANNEL__:7' } : { req: { a: 1 } };
      const sent = message(command, payload);
      expect(hook(sent), command).toBe(sent);
    }
  });

  it('lets an event of the channel be fetched', () => {
    const sent = message('plugin:__TAURI_CHANNEL__|fetch', null);
    expect(hook(sent)).toBe(sent);
  });

  it.each([
    ['a command of Tauri', 'plugin:event|listen', { event: 'x' }],
    ['a command that does not exist', 'file_read', { req: {} }],
    ['no name', undefined, { req: {} }],
    ['a name that is no text', 5, { req: {} }],
    ['no arguments', 'session_get', null],
    ['a list of arguments', 'session_get', [{}]],
    ['no request', 'session_get', {}],
    ['a request that is no record', 'session_get', { req: 'x' }],
    ['more than a request', 'session_get', { req: {}, path: '/etc/passwd' }],
    ['a channel where none belongs', 'session_get', { req: {}, events: '__CHANNEL__:7' }],
    ['no channel where one belongs', 'session_open', { req: {} }],
    ['something else as a channel', 'session_open', { req: {}, events: 'javascript:1' }],
    ['a fetch with arguments', 'plugin:__TAURI_CHANNEL__|fetch', { id: 1 }],
  ])('refuses %s', (_what, cmd, payload) => {
    told.length = 0;
    expect(() => hook(message(cmd, payload))).toThrow(/refused/);
    expect(told.map((one) => ({ ...(one as object) })), 'the page hears which call it was').toEqual([{ refused: 2 }]);
  });
});
