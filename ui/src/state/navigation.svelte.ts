/** Where the window is. Nothing of this is content. */
export type Place = 'chat' | 'privacy' | 'settings';

export type Overlay = 'search' | 'palette' | 'shortcuts' | null;

export class Navigation {
  place = $state<Place>('chat');
  /** The page inside privacy or settings; each decides what its own names mean. */
  section = $state<string | null>(null);
  overlay = $state<Overlay>(null);
  ledgerOpen = $state(false);
  /** The conversation the page of the ledger is narrowed to. */
  ledgerOf = $state<string | null>(null);
  /** The list as a sheet, where the window is too narrow for a pane. */
  listOpen = $state(false);
  /** The archived conversations instead of the others. */
  archived = $state(false);

  go(place: Place, section: string | null = null): void {
    this.place = place;
    this.section = section;
    this.overlay = null;
    this.listOpen = false;
  }

  toggleOverlay(overlay: Exclude<Overlay, null>): void {
    this.overlay = this.overlay === overlay ? null : overlay;
  }
}
