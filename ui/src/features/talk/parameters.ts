import type { ApiError, Parameters, ResponseFormat } from '../../ipc/generated/types';
import { ruleOf, typedRule, type TypedRule } from '../spend/rule';

/** The settings for answers as they are typed. Empty leaves one to the source. */
export interface Typed extends Record<NumberName, string> {
  stop: string;
  reasoning_effort: string;
  response_format: string;
  extra: string;
  context: TypedRule;
  /** Chosen beside the other tools, and kept. */
  web_search: boolean;
  /** Chosen elsewhere, and kept. */
  tools: string[];
}

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof EFFORTS)[number];
export const FORMS = ['text', 'json_object'] as const satisfies ResponseFormat[];

/** Those that are always there, whatever they are. */
const USUAL = {
  temperature: { least: 0, most: 2, whole: false },
  top_p: { least: 0, most: 1, whole: false },
  max_tokens: { least: 1, most: 4_294_967_295, whole: true },
  seed: { least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER, whole: true },
} as const;

/** Those that few set: there only if they are something. */
const MORE = {
  top_k: { least: 1, most: 1_000, whole: true },
  min_p: { least: 0, most: 1, whole: false },
  frequency_penalty: { least: -2, most: 2, whole: false },
  presence_penalty: { least: -2, most: 2, whole: false },
  repeat_penalty: { least: 0.01, most: 2, whole: false },
} as const;

const NUMBERS = { ...USUAL, ...MORE };
export type NumberName = keyof typeof NUMBERS;
export const MORE_NUMBERS = Object.keys(MORE) as (keyof typeof MORE)[];
const NAMES = Object.keys(NUMBERS) as NumberName[];

export function typed(parameters: Parameters): Typed {
  // A single is longer as a double than it was typed.
  const word = (value: number | null | undefined, whole: boolean) =>
    value == null ? '' : String(whole ? value : Number(value.toPrecision(6)));
  const numbers = Object.fromEntries(NAMES.map((name) => [name, word(parameters[name], NUMBERS[name].whole)]));
  return {
    ...(numbers as Record<NumberName, string>),
    stop: parameters.stop.join('\n'),
    reasoning_effort: parameters.reasoning_effort ?? '',
    response_format: parameters.response_format ?? '',
    extra: parameters.extra ?? '',
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
  const numbers = Object.fromEntries(NAMES.map((name) => [name, numberOf(name, from[name])]));
  if (Object.values(numbers).includes(undefined)) return null;
  const known = numbers as Record<NumberName, number | null>;
  const stop = from.stop.split('\n').filter((line) => line !== '');
  if (stop.length > 4) return null;
  const rule = ruleOf(from.context);
  if (rule === undefined) return null;
  const form = FORMS.find((it) => it === from.response_format);
  return {
    temperature: known.temperature,
    top_p: known.top_p,
    max_tokens: known.max_tokens,
    seed: known.seed,
    stop,
    reasoning_effort: from.reasoning_effort || null,
    tools: [...from.tools],
    ...Object.fromEntries(MORE_NUMBERS.flatMap((name) => (known[name] === null ? [] : [[name, known[name]]]))),
    ...(form ? { response_format: form } : {}),
    ...(from.extra.trim() === '' ? {} : { extra: from.extra.trim() }),
    ...(from.web_search ? { web_search: true } : {}),
    ...(rule.rule === 'all' ? {} : { context: rule }),
  };
}

/** How many settings are not left to the source; tools are counted where they are. */
export function changedCount(parameters: Parameters): number {
  return Object.entries(parameters).filter(
    ([name, value]) => name !== 'tools' && name !== 'web_search' && value !== null && !(Array.isArray(value) && value.length === 0),
  ).length;
}

/** How many of those that few set are set. */
export function moreCount(from: Typed): number {
  return [...MORE_NUMBERS, 'response_format' as const, 'extra' as const].filter((name) => from[name].trim() !== '').length;
}

/** The same with those left to the source. */
export function withoutMore(from: Typed): Typed {
  const none = Object.fromEntries([...MORE_NUMBERS, 'response_format', 'extra'].map((name) => [name, '']));
  return { ...from, ...none };
}

/** A failure that is about the other fields, and is said where they are typed. */
export function aboutExtra(problem: ApiError | null): ApiError | null {
  return problem?.code.startsWith('extra_') ? problem : null;
}
