import { vi } from 'vitest';

/** Puts an observer in place that sees nothing by itself: what it sees is told with what is returned. */
export function toldObserver<Entry>(name: 'ResizeObserver' | 'IntersectionObserver'): (entries: Partial<Entry>[]) => void {
  let tell: (entries: Partial<Entry>[]) => void = () => undefined;
  vi.stubGlobal(
    name,
    class {
      constructor(told: typeof tell) {
        tell = told;
      }
      observe = () => undefined;
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
  return (entries) => tell(entries);
}
