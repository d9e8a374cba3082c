import { IntlMessageFormat } from 'intl-messageformat';
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import type english from './catalogue.en';

/** Every sentence of the window by its name. A name that is not in the English catalogue does not compile. */
export type MessageKey = keyof typeof english;
type Params = Record<string, string | number | bigint | boolean | Date | null | undefined>;
/** The build parses what has parameters (see `vite.config.ts`); the window carries no parser. */
type Sentence = string | MessageFormatElement[];
type Catalogue = Readonly<Record<string, Sentence>>;

/** The languages that are complete, by BCP 47 tag and in their own words. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const loaders: Record<Language, () => Promise<{ default: Catalogue }>> = {
  en: () => import('./catalogue.en'),
  de: () => import('./catalogue.de'),
};

let language = $state<Language>('en');
let catalogue = $state.raw<Catalogue>({});
let formats = new Map<string, IntlMessageFormat>();

/** The language in use; reading it in a template follows changes. */
export function currentLanguage(): Language {
  return language;
}

/** The language of ours that fits a wish (a BCP 47 tag) best. */
export function matchLanguage(wish: string | null | undefined): Language {
  const base = wish?.toLowerCase().split('-')[0] ?? '';
  return base in languages ? (base as Language) : 'en';
}

/** Loads a language and shows it. */
export async function setLanguage(wish: string | null | undefined): Promise<void> {
  const next = matchLanguage(wish);
  const loaded = await loaders[next]();
  if (next === language && catalogue === loaded.default) return;
  formats = new Map();
  catalogue = loaded.default;
  language = next;
  document.documentElement.lang = next;
  document.documentElement.dir = 'ltr';
}

function format(text: Sentence, key: string, params: Params | undefined): string {
  if (typeof text === 'string') return text;
  let compiled = formats.get(key);
  if (!compiled) {
    compiled = new IntlMessageFormat(text, language);
    formats.set(key, compiled);
  }
  return String(compiled.format(params));
}

/** The sentence `key` in the language in use (ICU MessageFormat). */
export function t(key: MessageKey, params?: Params): string {
  const text = catalogue[key];
  if (text === undefined) {
    if (import.meta.env.MODE !== 'production') throw new Error(`no words for ${key} in ${language}`);
    return key;
  }
  return format(text, key, params);
}

/** The sentence for a key that is made from data (an error code, a purpose); `undefined` if there is none. */
export function tMaybe(key: string, params?: Params): string | undefined {
  const text = catalogue[key];
  return text === undefined ? undefined : format(text, key, params);
}
