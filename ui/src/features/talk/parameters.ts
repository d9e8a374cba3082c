import type { Parameters } from '../../ipc/generated/types';
import { ruleOf, typedRule, type TypedRule } from '../spend/rule';

/** The settings for answers as they are typed. Empty leaves one to the source. */
export interface Typed {
  temperature: string;
  top_p: string;
  max_tokens: string;
  seed: string;
  stop: string;
  reasoning_effort: string;
  context: TypedRule;
  /** Chosen beside the other tools, and kept. */
  web_search: boolean;
  /** Chosen elsewhere, and kept. */
  tools: string[];
}

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof EFFORTS)[number];

const NUMBERS = {
  temperature: { least: 0, most: 2, whole: false },
  top_p: { least: 0, most: 1, whole: false },
  max_tokens: { least: 1, most: 4_294_967_295, whole: true },
  seed: { least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER, whole: true },
} as const;
export type NumberName = keyof typeof NUMBERS;

export function typed(parameters: Parameters): Typed {
  const word = (value: number | null) => (value === null ? '' : String(value));
  return {
    // A single is longer as a double than it was typed.
    temperature: word(parameters.temperature === null ? null : Number(parameters.temperature.toPrecision(6))),
    top_p: word(parameters.top_p === null ? null : Number(parameters.top_p.toPrecision(6))),
    max_tokens: word(parameters.max_tokens),
    seed: word(parameters.seed),
    stop: parameters.stop.join('\n'),
    reasoning_effort: parameters.reasoning_effort ?? '',
    web_search: parameters.web_search ?? false,
    context: typedRule(parameters.context),
    tools: parameters.tools,
  };
}

/** `undefined` for what is no such number. */
export function numberOf(name: NumberName, text: string): number | null | undefined {
  const { least, most, whole } = NUMBERS[name];
  const words = text.trim().replace(',', '.');
  if (words === '') return null;
  const value = Number(words);
  const fits = Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isSafeInteger(value));
  return fits ? value : undefined;
}

/** What was typed, or nothing while something of it cannot be used. */
export function parametersOf(from: Typed): Parameters | null {
  const numbers = {
    temperature: numberOf('temperature', from.temperature),
    top_p: numberOf('top_p', from.top_p),
    max_tokens: numberOf('max_tokens', from.max_tokens),
    seed: numberOf('seed', from.seed),
  };
  const { temperature, top_p, max_tokens, seed } = numbers;
  if (temperature === undefined || top_p === undefined || max_tokens === undefined || seed === undefined) return null;
  const stop = from.stop.split('\n').filter((line) => line !== '');
  if (stop.length > 4) return null;
  const rule = ruleOf(from.context);
  if (rule === undefined) return null;
  const context = rule.rule === 'all' ? {} : { context: rule };
  const search = from.web_search ? { web_search: true } : {};
  return {
    temperature,
    top_p,
    max_tokens,
    seed,
    stop,
    reasoning_effort: from.reasoning_effort || null,
    tools: [...from.tools],
    ...search,
    ...context,
  };
}

/** How many settings are not left to the source; tools are counted where they are. */
export function changedCount(parameters: Parameters): number {
  return Object.entries(parameters).filter(
    ([name, value]) => name !== 'tools' && name !== 'web_search' && value !== null && !(Array.isArray(value) && value.length === 0),
  ).length;
}
