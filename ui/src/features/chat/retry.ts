import { t } from '../../i18n/index.svelte';
import type { AppState } from '../../state/app.svelte';
import type { ShownMessage } from '../../state/message.svelte';

/** The one thing that helps after a failed answer. */
export function retryOf(app: AppState, message: ShownMessage): { label: string; run: () => void; busy: boolean } {
  const busy = app.chat.sending;
  switch (message.row.error?.code) {
    case 'budget_reached':
      return { label: t('spend.anyway'), run: () => void app.chat.overBudget(message), busy };
    case 'context_full':
      return {
        label: t('context.useFit'),
        run: () => void app.context.setRule({ rule: 'fit' }).then((done) => done && app.chat.continue(message)),
        busy,
      };
    default:
      return { label: t('chat.retry'), run: () => void app.chat.regenerate(message), busy };
  }
}
