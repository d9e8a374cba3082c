import type { ApiError } from '../ipc/generated/types';

/** Whatever a call was rejected with, in the shape every error state is drawn from. */
export function asApiError(thrown: unknown): ApiError {
  const from = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Partial<ApiError>;
  const known = typeof from.code === 'string';
  return {
    code: known ? String(from.code) : 'internal',
    // Words without a code come from a defect, not from the core.
    message: known ? (from.message ?? '') : '',
    kept: from.kept ?? '',
    next: from.next ?? '',
    retry_after_ms: from.retry_after_ms ?? null,
    // What the sentence names, for the sentences of other languages.
    ...(from.named ? { named: from.named } : {}),
  };
}
