/**
 * Every keyboard shortcut of the window, in one place. `mod` is Command on a Mac and Control
 * elsewhere. A letter or sign is compared with what the key types, a sign also with where it
 * lies, because many layouts type `\` and `/` only with a modifier.
 */
export const SHORTCUTS = {
  'chat.new': 'mod+n',
  'chat.temporary': 'mod+shift+n',
  'search.open': 'mod+shift+f',
  'chat.find': 'mod+f',
  'chat.map': 'mod+shift+b',
  'chat.instructions': 'mod+i',
  'palette.open': 'mod+k',
  'shortcuts.open': 'mod+/',
  'list.toggle': 'mod+\\',
  'place.chat': 'mod+1',
  'place.privacy': 'mod+2',
  'place.settings': 'mod+,',
  'offline.toggle': 'mod+shift+o',
  'app.lock': 'mod+l',
  'ledger.open': 'mod+shift+l',
  'theme.next': 'mod+shift+d',
  'model.choose': 'mod+shift+m',
  'composer.focus': 'mod+j',
  'voice.dictate': 'mod+shift+s',
  'attach.files': 'mod+u',
  'answer.copy': 'mod+shift+c',
  'code.copy': 'mod+shift+k',
  'answer.again': 'mod+shift+r',
  'answer.stop': 'mod+.',
  'question.edit': 'mod+e',
  'conversation.rename': 'f2',
  'conversation.pin': 'mod+shift+p',
  'conversation.archive': 'mod+shift+e',
  'conversation.delete': 'mod+shift+backspace',
  'conversation.next': 'alt+arrowdown',
  'conversation.previous': 'alt+arrowup',
  'conversation.end': 'mod+end',
  'branch.previous': 'alt+arrowleft',
  'branch.next': 'alt+arrowright',
} as const;

export type ShortcutId = keyof typeof SHORTCUTS;

const CODES: Record<string, string> = { '\\': 'Backslash', '/': 'Slash', ',': 'Comma', '.': 'Period' };

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

function isMac(platform: string): boolean {
  return platform === 'macos';
}

function matches(keys: string, event: Key, mac: boolean): boolean {
  const parts = keys.split('+');
  const name = parts.at(-1) ?? '';
  const wants = (modifier: string) => parts.includes(modifier);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (wants('mod') !== mod || other || wants('alt') !== event.altKey) return false;
  const sign = CODES[name];
  if (sign !== undefined) return event.key === name || (event.code === sign && !event.shiftKey);
  return wants('shift') === event.shiftKey && event.key.toLowerCase() === name;
}

/** The shortcut a key press is, if it is one. */
export function shortcutOf(event: Key, platform: string): ShortcutId | null {
  const mac = isMac(platform);
  for (const [id, keys] of Object.entries(SHORTCUTS)) {
    if (matches(keys, event, mac)) return id as ShortcutId;
  }
  return null;
}

const NAMES: Record<string, string> = {
  backspace: '⌫',
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  end: 'End',
  f2: 'F2',
};

/** A shortcut as it is printed on this platform. */
export function shortcutLabel(id: ShortcutId, platform: string): string {
  const mac = isMac(platform);
  const parts = SHORTCUTS[id].split('+').map((part) => {
    if (part === 'mod') return mac ? '⌘' : 'Ctrl';
    if (part === 'shift') return mac ? '⇧' : 'Shift';
    if (part === 'alt') return mac ? '⌥' : 'Alt';
    return NAMES[part] ?? part.toUpperCase();
  });
  return parts.join(mac ? '' : '+');
}
