import { describe, expect, it } from 'vitest';
import type { ContextEstimate } from '../ipc/generated/types';
import { together } from './together';

const estimate = (change: Partial<ContextEstimate>): ContextEstimate => ({
  rule: { rule: 'all' },
  messages: 3,
  left_out: 0,
  first_sent: null,
  tokens: 100,
  context: 8_000,
  reserved: 1_000,
  nanos: 5,
  nanos_most: 9,
  longest: null,
  basis: 'listed',
  warning: null,
  stop: null,
  ...change,
});

describe('what several are asked', () => {
  it('is read and paid by each of them', () => {
    const sum = together([estimate({}), estimate({ tokens: 20, nanos: 7, nanos_most: 8, left_out: 2 })]);
    expect(sum).toMatchObject({ tokens: 120, nanos: 12, nanos_most: 17, context: null, left_out: 2, messages: 3 });
  });

  it('has no price where none is known, and the least where some are', () => {
    const none = estimate({ nanos: null, nanos_most: null });
    expect(together([none, none])).toMatchObject({ nanos: null, nanos_most: null });
    expect(together([none, estimate({})])).toMatchObject({ nanos: 5, nanos_most: 9 });
  });

  it('is stopped where one is', () => {
    const stop = { code: 'context_full', message: 'm', kept: '', next: '' };
    expect(together([estimate({}), estimate({ stop })])?.stop).toEqual(stop);
  });

  it('is what one is asked where there is one', () => {
    expect(together([estimate({})])).toEqual(estimate({}));
    expect(together([])).toBeNull();
  });
});
