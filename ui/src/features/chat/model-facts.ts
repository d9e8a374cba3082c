import { t } from '../../i18n/index.svelte';
import { formatDate, formatNumber } from '../../i18n/format';
import type { Model, Price } from '../../ipc/generated/types';

/** What its source tells of a model, or else its provider publishes, in one line; empty where nothing is known. */
export function modelFacts(model: Model): string {
  const { abilities: can, published } = model;
  const context = model.context_tokens ?? published?.context_tokens;
  const facts = [
    context ? t('service.context', { tokens: formatNumber(context) }) : '',
    can?.images ? t('service.images') : '',
    can?.files ? t('service.files') : '',
    can?.audio ? t('service.audio') : '',
    can?.tools ? t('service.tools') : '',
    can?.reasoning ? t('service.reasoning') : '',
    model.price
      ? t('service.price', amounts(model.price))
      : published
        ? t('service.published', { ...amounts(published.price), day: formatDate(published.day) })
        : '',
  ];
  return facts.filter(Boolean).join(' · ');
}

const amounts = ({ input, output }: Price) => ({ input: dollars(input), output: dollars(output) });
const dollars = (millionths: number) => formatNumber(millionths / 1_000_000);
