import { formatMonth } from '../i18n/amounts';
import { t } from '../i18n/index.svelte';
import type { DataPractices, Stated, StatedPractices } from '../ipc/generated/types';

/** Who says something about data: a source, a service, somebody who received something. */
interface Speaker {
  practices: DataPractices;
  practices_from: string | null;
  stated: StatedPractices | null;
}

/** What somebody says about data, in the language of the window where the words are ours. */
export function practicesOf({ practices, practices_from: from, stated }: Speaker): DataPractices & { from: string | null } {
  if (!stated) return { ...practices, from };
  const words = (it: Stated | null) => (it === null ? null : t(`practice.${it}`));
  return {
    training: words(stated.training),
    retention: words(stated.retention),
    region: words(stated.region),
    from: t('practice.said', { place: t(`practice.${stated.from}`), month: formatMonth(stated.read) }),
  };
}
