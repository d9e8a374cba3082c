import { describe, expect, it } from 'vitest';
import { modelFacts } from './model-facts';

const model = { id: 'm', display_name: null, context_tokens: null, shutdown_date: null };

describe('what is told of a model', () => {
  it('is one line, and nothing where nothing was told', () => {
    expect(modelFacts(model)).toBe('');
    expect(modelFacts({ ...model, abilities: { images: false } })).toBe('');
    expect(
      modelFacts({
        ...model,
        context_tokens: 200_000,
        abilities: { images: true, tools: true, reasoning: true },
        price: { input: 3_000_000, output: 75_000 },
      }),
    ).toBe('200,000 tokens · images · tools · thinks · $3 in, $0.075 out per million');
  });
});
