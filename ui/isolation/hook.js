// Every call of the page passes here, in a frame of its own, before it is encrypted for Rust.
// What is not in the registry or has another shape is turned into a command that nobody has,
// so that the caller gets a refusal instead of waiting for ever.
(() => {
  'use strict';
  const commands = globalThis.FLUXCHAT_COMMANDS;
  // How Tauri's own channels fetch an item that is too long to be pushed.
  const CHANNEL_FETCH = 'plugin:__TAURI_CHANNEL__|fetch';

  const isObject = (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const isChannel = (value) => typeof value === 'string' && /^__CHANNEL__:\d+$/.test(value);

  function isExpected(command, payload) {
    if (command === CHANNEL_FETCH) {
      return payload == null || (isObject(payload) && Object.keys(payload).length === 0);
    }
    if (!commands.has(command) || !isObject(payload) || !isObject(payload.req)) return false;
    const count = Object.keys(payload).length;
    return command === 'session_open' ? count === 2 && isChannel(payload.events) : count === 1;
  }

  window.__TAURI_ISOLATION_HOOK__ = (message) =>
    isExpected(message.cmd, message.payload)
      ? message
      : { ...message, cmd: 'refused_by_isolation', payload: {} };
})();
