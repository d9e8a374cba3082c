const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;

/**
 * Fetches what is opened most from the first sign of a person on: a window that nobody uses has
 * nothing it does not show. Tells when that is. Returns how to stop.
 */
export function preload(begun: () => void): () => void {
  let stop: (() => void) | undefined;
  let left = false;
  const leave = (): void => {
    for (const sign of SIGNS) removeEventListener(sign, begin, true);
  };
  const begin = (event: Event): void => {
    // A window that opens below the pointer is told where it stands.
    if (event instanceof PointerEvent && event.type === 'pointermove' && event.movementX === 0 && event.movementY === 0) return;
    leave();
    begun();
    void import('./soon').then(({ fetchSoon }) => {
      if (!left) stop = fetchSoon();
    });
  };
  for (const sign of SIGNS) addEventListener(sign, begin, { capture: true, passive: true });
  return () => {
    left = true;
    leave();
    stop?.();
  };
}
