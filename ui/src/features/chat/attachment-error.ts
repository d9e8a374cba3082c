import type { ApiError } from '../../ipc/generated/types';
import { errorWords } from '../../kit/error';

/** What is wrong, in one sentence. */
export function errorSentence(error: ApiError): string {
  return errorWords(error).message;
}
