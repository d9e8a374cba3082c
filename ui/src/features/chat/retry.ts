import { t } from '../../i18n/index.svelte';
import type { AppState } from '../../state/app.svelte';
import type { ShownMessage } from '../../state/message.svelte';

/** The one thing that helps after a failed answer. */
export function retryOf(
  app: AppState,
  message: ShownMessage,
  onpickmodel: (message: ShownMessage) => void,
): { label: string; run: () => void; busy: boolean; disabled?: boolean } {
  const busy = app.chat.waiting;
  const disabled = app.thread.arriving !== null;
  switch (message.row.error?.code) {
    case 'budget_reached':
      return { label: t('spend.anyway'), run: () => void app.chat.overBudget(message), busy, disabled };
    case 'context_full':
      return {
        label: t('context.useFit'),
        run: () => void app.context.setRule({ rule: 'fit' }).then((done) => done && app.chat.continue(message)),
        busy,
        disabled,
      };
    case 'remote_unauthorized':
      return { label: t('chat.retry.key'), run: () => app.navigation.go('settings', 'sources'), busy };
    // The same again would be refused again.
    case 'remote_forbidden':
    case 'remote_not_found':
    case 'remote_data_policy':
    case 'remote_quota':
    case 'remote_context_too_long':
    case 'no_model':
      return { label: t('chat.retry.model'), run: () => onpickmodel(message), busy, disabled };
    default:
      return { label: t('chat.retry'), run: () => void app.chat.regenerate(message), busy, disabled };
  }
}
