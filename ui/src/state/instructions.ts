import type { Instructions } from '../ipc/generated/types';

/** Nothing is asked for. */
export const NO_INSTRUCTIONS: Instructions = {
  preset: null,
  system: '',
  parameters: { temperature: null, top_p: null, max_tokens: null, stop: [], seed: null, reasoning_effort: null, tools: [] },
};

/** Whether something is sent because of them; tools have a place of their own. */
export function asksFor(instructions: Instructions | null): boolean {
  if (instructions === null) return false;
  const some = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0);
  // The rule says what is sent, and is not sent itself; tools are named where they are.
  const sent = Object.entries(instructions.parameters).filter(([name]) => !['context', 'tools', 'web_search'].includes(name));
  return instructions.system !== '' || sent.some(([, value]) => some(value));
}
