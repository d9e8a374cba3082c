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

  it('is what its provider publishes where its source tells nothing, and says so', () => {
    const published = { price: { input: 250_000, output: 2_000_000 }, context_tokens: 400_000, day: '2026-11-20' };
    expect(modelFacts({ ...model, published })).toBe(
      '400,000 tokens · $0.25 in, $2 out per million (published price of November 20, 2026; may have changed)',
    );
    expect(modelFacts({ ...model, published, context_tokens: 8_000, price: { input: 1_000_000, output: 1_000_000 } })).toBe(
      '8,000 tokens · $1 in, $1 out per million',
    );
  });
});
