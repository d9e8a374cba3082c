import { getContext, setContext } from 'svelte';

/** What scrolls, for parts of it that need not be drawn before they are about to be seen. */
export interface Sight {
  /**
   * Calls once when the element comes near the view, and keeps what is read in its place while
   * the element becomes as high as it is. Returns the way to stop.
   */
  whenNear(element: Element, draw: () => void): () => void;
  /** The view keeps to its end: what begins far above it is not seen. */
  following(): boolean;
}

const KEY = Symbol('sight');

export function provideSight(sight: Sight): void {
  setContext(KEY, sight);
}

/** Nothing where nothing scrolls, or the web view cannot tell. */
export function useSight(): Sight | undefined {
  return getContext<Sight | undefined>(KEY);
}
