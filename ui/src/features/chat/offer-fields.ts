import type { ToolOfferField } from '../../ipc/generated/types';
import { t } from '../../i18n/index.svelte';

/** Fields of a server as they are asked for; what it says of them stands below. */
export const asked = (fields: readonly ToolOfferField[]) =>
  fields.map(({ name, label, description, required }) => ({
    name,
    label,
    required,
    hint: [description, required ? '' : t('offers.optional')].filter((part) => part !== '').join(' ') || undefined,
  }));
