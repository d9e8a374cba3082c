/**
 * The scroll position of a list whose rows have no known height. WebKit has no scroll
 * anchoring, so the anchor is kept here: the row at the top of the view and where it stands.
 * Whatever changes above it, it stays where it is.
 *
 * All distances are in CSS pixels. `shift` is how far the drawn rows are away from their
 * true place: while the reader scrolls, changes above go into it instead of into the scroll
 * position, because writing that position would stop the movement of the finger or the wheel.
 * It is paid back when the movement ends (`settle`).
 */
import { Layout } from './layout';

export interface Range {
  start: number;
  /** Behind the last. */
  end: number;
}

export interface Anchor {
  key: string;
  /** From the top of the view to the top of the row; negative if the row begins above. */
  top: number;
}

export type Align = 'start' | 'center' | 'end';

export interface Placement {
  /** Where the first drawn row stands in the scrolled box. */
  top: number;
  /** How much stands below the last drawn row. */
  below: number;
  /** Where the box must be scrolled to; `null` if it is right as it is. */
  scrollTo: number | null;
}

/** Of what is drawn around the view: enough until the first movement is seen. */
const AT_REST = 0.25;
/** Nearer to the end than this is at the end. */
export const END_SLACK = 24;

export class Scroller {
  readonly layout: Layout;
  viewport = 0;
  scrollTop = 0;
  /** Follow the end while it grows. */
  stick = false;
  anchor: Anchor | null = null;
  shift = 0;
  private jump: { key: string; align: Align } | null = null;
  private anchorIndex = 0;
  private moving = false;
  private moved = false;

  constructor(
    estimate: (key: string, index: number) => number,
    private readonly overscan = 1,
  ) {
    this.layout = new Layout(estimate);
  }

  /** How far the view is from the top of the content. */
  get contentTop(): number {
    return this.scrollTop + this.shift;
  }

  get maxTop(): number {
    return Math.max(0, this.layout.total - this.viewport);
  }

  get atEnd(): boolean {
    return this.maxTop - this.contentTop <= END_SLACK;
  }

  setKeys(keys: readonly string[]): void {
    this.layout.setKeys(keys);
    const anchor = this.anchor;
    if (!anchor) return;
    const index = this.layout.indexOf(anchor.key);
    if (index >= 0) {
      this.anchorIndex = index;
      return;
    }
    // The row is gone: whatever now stands in its place takes over.
    const key = this.layout.keyAt(Math.min(this.anchorIndex, this.layout.count - 1));
    this.anchor = key === undefined ? null : { key, top: anchor.top };
  }

  /** The box was scrolled by the reader. */
  scrolled(scrollTop: number): void {
    const up = scrollTop < this.scrollTop - 0.5;
    this.scrollTop = scrollTop;
    this.moving = true;
    this.moved = true;
    this.jump = null;
    if (up && !this.atEnd) this.stick = false;
    else if (this.atEnd) this.stick = true;
    this.takeAnchor();
  }

  /** Something in a row grew above the view: what is read stays where it is. */
  grewAbove(key: string, by: number): void {
    if (this.anchor?.key === key) this.anchor = { key, top: this.anchor.top - by };
  }

  /** The reader wants to go up: nothing may pull the view down any more. */
  release(): void {
    this.stick = false;
    this.jump = null;
  }

  /** The movement ended; what was owed is paid by the next placement. */
  settle(): void {
    this.moving = false;
  }

  toEnd(): void {
    this.jump = null;
    this.stick = true;
    this.moving = false;
  }

  toKey(key: string, align: Align): void {
    this.stick = false;
    this.moving = false;
    this.jump = { key, align };
  }

  toTop(): void {
    const key = this.layout.keyAt(0);
    if (key !== undefined) this.toKey(key, 'start');
  }

  /** The first row that can be seen becomes the anchor. */
  takeAnchor(): void {
    const index = this.layout.indexAt(Math.max(0, this.contentTop));
    const key = this.layout.keyAt(index);
    if (key === undefined) {
      this.anchor = null;
      return;
    }
    this.anchorIndex = index;
    this.anchor = { key, top: this.layout.offset(index) - this.contentTop };
  }

  /** Rows to draw: the view and as much again on both sides; a part of that while nobody scrolls. */
  range(): Range {
    const count = this.layout.count;
    if (count === 0) return { start: 0, end: 0 };
    const margin = Math.max(this.viewport * this.overscan * (this.moved ? 1 : AT_REST), 200);
    const top = this.wantedTop();
    const start = this.layout.indexAt(Math.max(0, top - margin));
    const end = this.layout.indexAt(top + this.viewport + margin) + 1;
    return { start, end };
  }

  /** Where the view should stand in the content now. */
  private wantedTop(): number {
    if (this.stick) return this.maxTop;
    if (this.jump) {
      const index = this.layout.indexOf(this.jump.key);
      if (index >= 0) return clamp(this.jumpTop(index, this.jump.align), 0, this.maxTop);
    }
    if (this.anchor) {
      const index = this.layout.indexOf(this.anchor.key);
      if (index >= 0) {
        return clamp(this.layout.offset(index) - this.anchor.top, 0, this.maxTop);
      }
    }
    return clamp(this.contentTop, 0, this.maxTop);
  }

  private jumpTop(index: number, align: Align): number {
    const offset = this.layout.offset(index);
    const room = this.viewport - this.layout.height(index);
    if (align === 'start' || room < 0) return offset;
    return align === 'end' ? offset - room : offset - room / 2;
  }

  /** After keys, heights or intents changed: how to draw so that the anchor stays. */
  place(range: Range): Placement {
    const wanted = this.wantedTop();
    const atEdge = range.start === 0 || range.end >= this.layout.count;
    // Owed rows above cannot be reached by scrolling; with little way left they are due.
    const due = wanted > this.scrollTop && this.scrollTop < this.viewport;
    const mayOwe = this.moving && !this.stick && !this.jump && !atEdge && !due;
    let scrollTo: number | null = null;
    if (mayOwe) {
      this.shift = wanted - this.scrollTop;
    } else {
      this.shift = 0;
      if (Math.abs(wanted - this.scrollTop) >= 0.5) {
        scrollTo = wanted;
        this.scrollTop = wanted;
      }
    }
    if (this.stick || this.jump || !this.anchor) this.takeAnchor();
    return {
      top: this.layout.offset(range.start) - this.shift,
      below: this.layout.total - this.layout.offset(range.end),
      scrollTo,
    };
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
