import type { Client } from '../ipc/generated/client';
import type { ApiError, Erasing } from '../ipc/generated/types';
import { asApiError } from './errors';

export interface UndoOffer {
  erasureId: string;
  what: 'message' | 'conversation';
  conversationId: string;
  /** The conversation's title, for its own deletion. */
  title: string | null;
  /** It was open when it was deleted, and is opened again when that is taken back. */
  wasOpen: boolean;
  /** How many messages went with the one that was deleted. */
  below: number;
  until: number;
  problem: ApiError | null;
}

/** Deletions that can still be taken back. */
export class UndoOffers {
  offers = $state.raw<UndoOffer[]>([]);
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly client: Client,
    private readonly now: () => number = Date.now,
  ) {}

  offer(erasing: Erasing, about: Pick<UndoOffer, 'what' | 'conversationId' | 'title' | 'wasOpen'>): void {
    const id = erasing.erasure_id;
    this.offers = [
      ...this.offers,
      { ...about, erasureId: id, until: erasing.undo_until, below: erasing.below, problem: null },
    ];
    const left = Math.max(0, erasing.undo_until - this.now());
    this.timers.set(
      id,
      setTimeout(() => this.dismiss(id), left),
    );
  }

  dismiss(erasureId: string): void {
    clearTimeout(this.timers.get(erasureId));
    this.timers.delete(erasureId);
    this.offers = this.offers.filter((offer) => offer.erasureId !== erasureId);
  }

  /** Takes a deletion back. True if it was in time. */
  async undo(erasureId: string): Promise<boolean> {
    try {
      await this.client.erasureUndo({ erasure_id: erasureId });
      this.dismiss(erasureId);
      return true;
    } catch (reason) {
      const problem = asApiError(reason);
      this.offers = this.offers.map((offer) =>
        offer.erasureId === erasureId ? { ...offer, problem } : offer,
      );
      return false;
    }
  }
}
