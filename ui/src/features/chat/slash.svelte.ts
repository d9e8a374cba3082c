import type { PromptRow } from '../../ipc/generated/types';
import { rank } from '../palette/match';

/** What is typed after a `/` at the start of the composer, while it may be the name of a prompt. */
export function slashQuery(text: string): string | null {
  const match = /^\/([^\s/]{0,100})$/u.exec(text);
  return match ? (match[1] ?? '').toLowerCase() : null;
}

/** As many are listed. */
const MOST = 50;

/** Names that begin with it first, then names that have it at the start of a word or somewhere, then what the words hold. */
export function matching(prompts: readonly PromptRow[], query: string): PromptRow[] {
  if (query === '') return prompts.slice(0, MOST);
  const begins = prompts.filter((prompt) => prompt.name.toLowerCase().startsWith(query));
  const all = new Set(begins);
  const spaced = (text: string) => text.replaceAll(/[-_.]/g, ' ');
  for (const prompt of rank(prompts, (row) => spaced(row.name), spaced(query))) all.add(prompt);
  // One letter is in every text.
  if (query.length > 1) for (const prompt of rank(prompts, (row) => row.text, query)) all.add(prompt);
  return [...all].slice(0, MOST);
}

/** The list above the composer: what it holds, and which one is meant. */
export class Slash {
  at = $state(0);
  private closed = $state<string | null>(null);

  /** The rows, or nothing while no list belongs there. */
  rows(text: string, prompts: readonly PromptRow[]): PromptRow[] | null {
    const query = slashQuery(text);
    if (query === null || this.closed === text) return null;
    const rows = matching(prompts, query);
    // A path such as `/etc` is no name; after two letters without one, the list gets out of the way.
    return rows.length === 0 && query.length > 1 ? null : rows;
  }

  /** Moves, takes or closes. True if the key was the list's. */
  keydown(event: KeyboardEvent, text: string, rows: PromptRow[], choose: (prompt: PromptRow) => void): boolean {
    const at = Math.min(this.at, rows.length - 1);
    switch (event.key) {
      case 'ArrowDown':
        this.at = rows.length === 0 ? 0 : (at + 1) % rows.length;
        return true;
      case 'ArrowUp':
        this.at = rows.length === 0 ? 0 : (at - 1 + rows.length) % rows.length;
        return true;
      case 'Tab':
      case 'Enter': {
        const row = rows[at];
        if (!row || event.shiftKey) return false;
        choose(row);
        return true;
      }
      case 'Escape':
        this.closed = text;
        return true;
      default:
        return false;
    }
  }

  typed(): void {
    this.at = 0;
    this.closed = null;
  }
}
