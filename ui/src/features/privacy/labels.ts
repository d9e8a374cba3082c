// Folders and tags to choose from.
import type { AppState } from '../../state/app.svelte';

interface Choice {
  value: string;
  label: string;
}

/** None yet: the window has no list of folders and tags to read. */
export function labels(_: AppState): { folders: Choice[]; tags: Choice[]; load: () => Promise<void> } {
  return { folders: [], tags: [], load: () => Promise.resolve() };
}
