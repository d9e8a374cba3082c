/** How well words fit a label: a small number is better, `null` does not fit. */
export function score(label: string, query: string): number | null {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const text = label.toLocaleLowerCase();
  let total = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return null;
    const startsWord = at === 0 || /[\s·:,(-]/.test(text[at - 1] ?? '');
    total += (startsWord ? 0 : 100) + at;
  }
  return total;
}

/** What fits, best first; in the given order without words. */
export function rank<T>(items: readonly T[], label: (item: T) => string, query: string): T[] {
  if (query.trim() === '') return [...items];
  return items
    .map((item, at) => ({ item, at, score: score(label(item), query) }))
    .filter((entry) => entry.score !== null)
    .sort((a, b) => (a.score ?? 0) - (b.score ?? 0) || a.at - b.at)
    .map((entry) => entry.item);
}
