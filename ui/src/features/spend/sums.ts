import type { Spending } from '../../ipc/generated/types';

export type By = 'day' | 'source' | 'model';

export interface Sum {
  name: string;
  answers: number;
  unpriced: number;
  tokens: number;
  nanos: number;
}

/** Rows of one kind added up: days newest first, the rest by what they cost. */
export function summed(found: Spending, by: By, gone: string): Sum[] {
  const names = new Map(found.sources.map((source) => [source.id, source.name]));
  const sums = new Map<string, Sum>();
  for (const row of found.rows) {
    const name = by === 'day' ? String(row.day) : by === 'model' ? row.model : (names.get(row.source_id) ?? gone);
    const sum = sums.get(name) ?? { name, answers: 0, unpriced: 0, tokens: 0, nanos: 0 };
    sum.answers += row.answers;
    sum.unpriced += row.unpriced;
    sum.tokens += row.input_tokens + row.output_tokens;
    sum.nanos += row.nanos;
    sums.set(name, sum);
  }
  const all = [...sums.values()];
  return by === 'day' ? all.sort((a, b) => Number(b.name) - Number(a.name)) : all.sort((a, b) => b.nanos - a.nanos);
}

/** What each day cost, in order, days without answers as well. */
export function perDay(found: Spending): { day: number; nanos: number }[] {
  const days = new Map<number, number>();
  for (const row of found.rows) days.set(row.day, (days.get(row.day) ?? 0) + row.nanos);
  return Array.from({ length: found.today - found.from + 1 }, (_, at) => {
    const day = found.from + at;
    return { day, nanos: days.get(day) ?? 0 };
  });
}
