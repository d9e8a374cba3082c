import type { Check } from '../ipc/generated/types';

/** What a self-audit that is running has looked at so far. */
export class Proof {
  checks = $state.raw<Check[]>([]);

  clear(): void {
    this.checks = [];
  }

  add(check: Check): void {
    this.checks = [...this.checks, check];
  }
}
