import type { Attachment } from 'svelte/attachments';

export type TooltipSide = 'top' | 'bottom' | 'start' | 'end';
interface Options {
  shortcut?: string | undefined;
  side?: TooltipSide | undefined;
}

const DELAY_MS = 500;
const GAP = 6;
const EDGE = 4;

// One element serves all: a list of a thousand rows costs a thousand listeners, not a thousand components.
let bubble: HTMLElement | undefined;
let owner: Element | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function makeBubble(): HTMLElement {
  const made = document.createElement('div');
  made.className = 'fc-tooltip';
  made.setAttribute('aria-hidden', 'true');
  made.setAttribute('popover', 'manual');
  document.body.append(made);
  return made;
}

function place(target: Element, side: TooltipSide, tip: HTMLElement): void {
  const box = target.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = tip;
  const rtl = getComputedStyle(target).direction === 'rtl';
  const middleX = box.left + box.width / 2 - width / 2;
  const middleY = box.top + box.height / 2 - height / 2;
  const below = box.bottom + GAP;
  const above = box.top - height - GAP;
  let x = middleX;
  let y = middleY;
  if (side === 'top') y = above >= EDGE ? above : below;
  else if (side === 'bottom') y = below + height <= innerHeight - EDGE ? below : above;
  else x = (side === 'end') !== rtl ? box.right + GAP : box.left - width - GAP;
  tip.style.left = `${Math.round(Math.min(Math.max(x, EDGE), innerWidth - width - EDGE))}px`;
  tip.style.top = `${Math.round(Math.min(Math.max(y, EDGE), innerHeight - height - EDGE))}px`;
}

function show(target: Element, text: string, { shortcut, side = 'bottom' }: Options): void {
  if (!target.isConnected) return;
  bubble ??= makeBubble();
  bubble.textContent = text;
  if (shortcut) {
    const keys = document.createElement('kbd');
    keys.textContent = shortcut;
    bubble.append(keys);
  }
  owner = target;
  bubble.dataset['open'] = '';
  bubble.showPopover?.();
  place(target, side, bubble);
}

function hide(target: Element): void {
  clearTimeout(timer);
  if (owner !== target || !bubble) return;
  owner = undefined;
  delete bubble.dataset['open'];
  if (bubble.matches(':popover-open')) bubble.hidePopover();
}

/** Shows `text` beside the element while it is pointed at or has the keyboard. It names nothing: give the element a name of its own. */
export function tooltip(text: string | undefined, options: Options = {}): Attachment {
  return (element) => {
    if (!text) return;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => show(element, text, options), owner ? 0 : DELAY_MS);
    };
    const focused = () => {
      if (element.matches(':focus-visible')) show(element, text, options);
    };
    const gone = () => hide(element);
    const escaped = (event: Event) => {
      if ((event as KeyboardEvent).key === 'Escape') gone();
    };
    const listeners: [string, (event: Event) => void][] = [
      ['pointerenter', later],
      ['pointerleave', gone],
      ['pointerdown', gone],
      ['focus', focused],
      ['blur', gone],
      ['keydown', escaped],
    ];
    for (const [name, listener] of listeners) element.addEventListener(name, listener);
    return () => {
      gone();
      for (const [name, listener] of listeners) element.removeEventListener(name, listener);
    };
  };
}
