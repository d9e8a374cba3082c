import { describe, expect, it } from 'vitest';
import { EnterKey } from './ime';

const key = (change: Partial<KeyboardEvent> = {}) => ({
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  timeStamp: 10_000,
  ...change,
});

describe('EnterKey', () => {
  it.each([
    ['enter', {}, true],
    ['enter', { shiftKey: true }, false],
    ['enter', { ctrlKey: true }, false],
    ['enter', { altKey: true }, false],
    ['enter', { key: 'a' }, false],
    ['mod_enter', {}, false],
    ['mod_enter', { ctrlKey: true }, true],
    ['mod_enter', { metaKey: true }, true],
    ['mod_enter', { ctrlKey: true, shiftKey: true }, false],
  ] as const)('with %s and %o: %s', (sendKey, change, sends) => {
    expect(new EnterKey().sends(key(change), sendKey)).toBe(sends);
  });

  it('never sends while an input method composes', () => {
    const enter = new EnterKey();
    expect(enter.sends(key({ isComposing: true }), 'enter')).toBe(false);
    expect(enter.sends(key({ keyCode: 229 }), 'enter')).toBe(false);
    enter.compositionStart();
    expect(enter.sends(key(), 'enter')).toBe(false);
    expect(enter.sends(key({ ctrlKey: true }), 'mod_enter')).toBe(false);
  });

  it('does not send with the Enter that ended the composition, delivered late', () => {
    const enter = new EnterKey();
    enter.compositionStart();
    enter.compositionEnd(9_995);
    expect(enter.sends(key({ timeStamp: 10_000 }), 'enter')).toBe(false);
    expect(enter.sends(key({ timeStamp: 10_400 }), 'enter'), 'the next Enter sends').toBe(true);
  });
});
