import type { PromptRow } from '../../ipc/generated/types';

/** What is typed after a `/` at the start of the composer, while it may be the name of a prompt. */
export function slashQuery(text: string): string | null {
  const match = /^\/([^\s/]{0,100})$/u.exec(text);
  return match ? (match[1] ?? '').toLowerCase() : null;
}

/** Names that begin with it first, then names that have it somewhere. */
export function matching(prompts: readonly PromptRow[], query: string): PromptRow[] {
  const begins: PromptRow[] = [];
  const holds: PromptRow[] = [];
  for (const prompt of prompts) {
    const name = prompt.name.toLowerCase();
    if (name.startsWith(query)) begins.push(prompt);
    else if (name.includes(query)) holds.push(prompt);
  }
  return [...begins, ...holds].slice(0, 50);
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
