import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EgressStatus } from '../ipc/generated/types';
import { Egress } from './egress.svelte';
import { testClient } from './test-client';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const status = (change: Partial<EgressStatus> = {}): EgressStatus => ({
  offline: false,
  active: [],
  blocked: null,
  ...change,
});
const active = (host: string, in_process = false) => ({
  request_id: host,
  host,
  purpose: 'svc.chat',
  in_process,
});

describe('Egress', () => {
  it('lights for what leaves, and names each host once', () => {
    const egress = new Egress(testClient({}).client);
    expect(egress.lamp).toBe('off');
    egress.accept(status({ active: [active('a'), active('a'), active('b')] }));
    expect(egress.lamp).toBe('sending');
    expect(egress.hosts).toEqual(['a', 'b']);
  });

  it('stays dark for what does not leave', () => {
    const egress = new Egress(testClient({}).client);
    egress.accept(status({ active: [active('in-process', true)] }));
    expect(egress.lamp).toBe('off');
  });

  it('shows a refusal for two seconds', async () => {
    const egress = new Egress(testClient({}).client);
    egress.accept(status({ blocked: { host: 'a', purpose: 'svc.chat', code: 'offline' } }));
    expect(egress.lamp).toBe('blocked');
    expect(egress.blockedHost).toBe('a');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(egress.lamp).toBe('off');
  });

  it('keeps the state of the door that the core told', async () => {
    const { client } = testClient({
      egress_set_offline: () => Promise.reject({ code: 'store_busy', message: 'busy' }),
    });
    const egress = new Egress(client);
    await egress.setOffline(true);
    expect(egress.offline).toBe(false);
    expect(egress.problem?.code).toBe('store_busy');
  });
});
