import type { ApiError } from './generated/types';
import { asApiError } from '../state/errors';

/** Something that is read from the core and may be read again. What was read stays while it is read again. */
export class Loaded<T> {
  value = $state.raw<T>();
  problem = $state.raw<ApiError>();
  busy = $state(false);
  #round = 0;

  constructor(private readonly read: () => Promise<T>) {}

  /** Reads. Of several at once the last one counts. */
  load = async (): Promise<void> => {
    const round = ++this.#round;
    this.busy = true;
    try {
      const value = await this.read();
      if (round !== this.#round) return;
      this.value = value;
      this.problem = undefined;
    } catch (thrown) {
      if (round === this.#round) this.problem = asApiError(thrown);
    } finally {
      if (round === this.#round) this.busy = false;
    }
  };
}
