import { t } from '../../i18n/index.svelte';
import { formatNumber } from '../../i18n/format';
import type { Model } from '../../ipc/generated/types';

/** What its source tells of a model, in one line; empty where nothing was told. */
export function modelFacts(model: Model): string {
  const can = model.abilities;
  const facts = [
    model.context_tokens ? t('service.context', { tokens: formatNumber(model.context_tokens) }) : '',
    can?.images ? t('service.images') : '',
    can?.files ? t('service.files') : '',
    can?.audio ? t('service.audio') : '',
    can?.tools ? t('service.tools') : '',
    can?.reasoning ? t('service.reasoning') : '',
    model.price
      ? t('service.price', { input: dollars(model.price.input), output: dollars(model.price.output) })
      : '',
  ];
  return facts.filter(Boolean).join(' · ');
}

const dollars = (millionths: number) => formatNumber(millionths / 1_000_000);
