import { getContext, setContext, type Snippet } from 'svelte';
import type { DropdownMenu } from 'bits-ui';

export interface MenuPanelProps {
  label: string;
  trigger: Snippet<[Record<string, unknown>]>;
  children: Snippet;
  side: 'top' | 'bottom' | 'left' | 'right';
  align: 'start' | 'center' | 'end';
  open: boolean;
  /** Where the keyboard goes when it closes, if not back to what opened it. */
  onleave?: (() => boolean) | undefined;
}

/** What a menu lends to its items, so that an item can be named anywhere without loading menus. */
interface MenuParts {
  Item: typeof DropdownMenu.Item;
  Separator: typeof DropdownMenu.Separator;
}

const KEY = Symbol('menu');

export const provideMenuParts = (parts: MenuParts): MenuParts => setContext(KEY, parts);

export function menuParts(): MenuParts {
  const parts = getContext<MenuParts | undefined>(KEY);
  if (!parts) throw new Error('a menu item stands outside a menu');
  return parts;
}
