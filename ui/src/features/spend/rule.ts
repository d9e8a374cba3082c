import type { ContextRule } from '../../ipc/generated/types';

/** The rule as it is typed. */
export interface TypedRule {
  rule: ContextRule['rule'];
  messages: string;
}

const USUAL = 20;

export function typedRule(rule: ContextRule | undefined): TypedRule {
  return { rule: rule?.rule ?? 'all', messages: String(rule?.rule === 'last' ? rule.messages : USUAL) };
}

/** `undefined` while the number cannot be used. */
export function ruleOf(typed: TypedRule): ContextRule | undefined {
  if (typed.rule !== 'last') return { rule: typed.rule };
  const messages = Number(typed.messages.trim());
  const fits = Number.isInteger(messages) && messages >= 1 && messages <= 100_000;
  return fits ? { rule: 'last', messages } : undefined;
}
