/**
 * What a sign is called, shown beside it while it is pointed at or has the keyboard. An element asks
 * for it with attributes:
 * - `data-tooltip`: the words, or nothing where its `aria-label` says them. A tooltip names nothing.
 * - `data-keys`: keys that do the same.
 * - `data-side`: where it stands, `bottom` unless told.
 *
 * One bubble and a handful of listeners serve the whole window, so a list of a thousand buttons
 * costs nothing here.
 */
export type TooltipSide = 'top' | 'bottom' | 'start' | 'end';

const SELECTOR = '[data-tooltip]';
const DELAY_MS = 500;
const GAP = 6;
const EDGE = 4;

let bubble: HTMLElement | undefined;
/** Whose words are shown. */
let owner: Element | undefined;
let pointed: Element | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function makeBubble(): HTMLElement {
  const made = document.createElement('div');
  made.className = 'fc-tooltip';
  made.setAttribute('aria-hidden', 'true');
  made.setAttribute('popover', 'manual');
  document.body.append(made);
  return made;
}

function place(target: Element, side: string, tip: HTMLElement): void {
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

function show(target: Element): void {
  const text = target.getAttribute('data-tooltip') || target.getAttribute('aria-label');
  if (!text || !target.isConnected) return;
  bubble ??= makeBubble();
  bubble.textContent = text;
  const keys = target.getAttribute('data-keys');
  if (keys) {
    const shown = document.createElement('kbd');
    shown.textContent = keys;
    bubble.append(shown);
  }
  owner = target;
  bubble.dataset['open'] = '';
  bubble.showPopover?.();
  place(target, target.getAttribute('data-side') ?? 'bottom', bubble);
}

function hide(): void {
  clearTimeout(timer);
  if (!owner || !bubble) return;
  owner = undefined;
  delete bubble.dataset['open'];
  if (bubble.matches(':popover-open')) bubble.hidePopover();
}

function pointerOver(event: Event): void {
  const target = (event.target as Element).closest(SELECTOR) ?? undefined;
  if (target === pointed) return;
  const soon = owner !== undefined;
  hide();
  pointed = target;
  if (target) timer = setTimeout(() => show(target), soon ? 0 : DELAY_MS);
}

function pointerOut(event: PointerEvent): void {
  // Left the window: nothing else is pointed at.
  if (event.relatedTarget !== null) return;
  pointed = undefined;
  hide();
}

function focusIn(event: Event): void {
  const target = event.target as Element;
  if (target.matches(`${SELECTOR}:focus-visible`)) show(target);
}

/** Whoever presses something is about to see what it does. */
function keyDown(event: KeyboardEvent): void {
  if (event.key === 'Escape' || event.key === 'Enter' || event.key === ' ') hide();
}

/** Shows the tooltips of a page. Returns what ends it. */
export function showTooltips(page: Document): () => void {
  const ending = new AbortController();
  const options = { signal: ending.signal, capture: true, passive: true };
  page.addEventListener('pointerover', pointerOver, options);
  page.addEventListener('pointerout', pointerOut, options);
  page.addEventListener('pointerdown', hide, options);
  page.addEventListener('focusin', focusIn, options);
  page.addEventListener('focusout', hide, options);
  page.addEventListener('keydown', keyDown, options);
  return () => {
    ending.abort();
    hide();
    pointed = undefined;
  };
}
