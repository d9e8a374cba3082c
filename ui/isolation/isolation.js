// Every message from the window to the app passes here first, in a frame of its own.
// What is not a known command in the known shape goes no further.
(() => {
  'use strict';

  const commands = globalThis.FLUXCHAT_COMMANDS;
  /** The one command that also carries the event channel of the window. */
  const WITH_EVENTS = 'session_open';
  /** How the window fetches an event of 8 KiB and more; Tauri's own call, without arguments. */
  const FETCH_EVENT = 'plugin:__TAURI_CHANNEL__|fetch';
  /** How Tauri writes a channel into a message. */
  const CHANNEL = /^__CHANNEL__:\d+$/;

  const isRecord = (value) =>
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

  function isChannel(value) {
    if (typeof value === 'string') return CHANNEL.test(value);
    return isRecord(value) && typeof value.id === 'number';
  }

  /** The reason to refuse a message, or nothing. */
  function fault(message) {
    if (!isRecord(message)) return 'no message';
    if (message.cmd === FETCH_EVENT) return message.payload === null ? undefined : 'more than a fetch';
    if (typeof message.cmd !== 'string' || !commands.has(message.cmd)) return 'no command of this app';
    const args = message.payload;
    if (!isRecord(args) || !isRecord(args.req)) return 'no request';
    const allowed = message.cmd === WITH_EVENTS ? ['req', 'events'] : ['req'];
    if (Object.keys(args).some((key) => !allowed.includes(key))) return 'more than a request';
    if (message.cmd === WITH_EVENTS && !isChannel(args.events)) return 'no event channel';
    return undefined;
  }

  globalThis.__TAURI_ISOLATION_HOOK__ = (message) => {
    const reason = fault(message);
    if (reason === undefined) return message;
    // The caller hears it at once: `platform/tauri.ts` rejects the call with this number.
    if (typeof message?.error === 'number') window.parent.postMessage({ refused: message.error }, '*');
    throw new Error(`refused: ${reason}`);
  };
})();
