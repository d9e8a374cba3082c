import type { MathAttributeName, MathElement, MathNode } from '../../../ipc/generated/types';

const NAMESPACE = 'http://www.w3.org/1998/Math/MathML';

// The core sends only these; they stand here once more so that the window makes nothing else
// even if it were sent something else.
const ELEMENTS: Record<MathElement, true> = {
  math: true,
  menclose: true,
  mfrac: true,
  mi: true,
  mmultiscripts: true,
  mn: true,
  mo: true,
  mover: true,
  mpadded: true,
  mphantom: true,
  mprescripts: true,
  mroot: true,
  mrow: true,
  ms: true,
  mspace: true,
  msqrt: true,
  mstyle: true,
  msub: true,
  msubsup: true,
  msup: true,
  mtable: true,
  mtd: true,
  mtext: true,
  mtr: true,
  munder: true,
  munderover: true,
};

const ATTRIBUTES: Record<MathAttributeName, true> = {
  accent: true,
  accentunder: true,
  class: true,
  columnalign: true,
  columnlines: true,
  columnspacing: true,
  columnspan: true,
  depth: true,
  dir: true,
  display: true,
  displaystyle: true,
  fence: true,
  form: true,
  height: true,
  largeop: true,
  linethickness: true,
  lspace: true,
  mathbackground: true,
  mathcolor: true,
  mathsize: true,
  mathvariant: true,
  maxsize: true,
  minsize: true,
  movablelimits: true,
  notation: true,
  rowalign: true,
  rowlines: true,
  rowspacing: true,
  rowspan: true,
  rspace: true,
  scriptlevel: true,
  separator: true,
  stretchy: true,
  symmetric: true,
  voffset: true,
  width: true,
};

const VALUE = /^[\p{L}\p{N}.,%#+\- ]*$/u;
/** Only the classes that `MathTree` knows: no other style of the page can be reached. */
const CLASSES = /^(?:(?:menv|cell)-[a-z-]+|small|mop-negated)$/;

function allowed(name: MathAttributeName, value: string): boolean {
  if (name === 'class') return value.split(' ').every((one) => CLASSES.test(one));
  return Object.hasOwn(ATTRIBUTES, name) && VALUE.test(value);
}

/** A formula as MathML; what is not on the lists becomes a plain row or is left out. */
export function buildMath(node: MathNode): Node {
  if (node.type === 'text') return document.createTextNode(node.text);
  const name = Object.hasOwn(ELEMENTS, node.name) ? node.name : 'mrow';
  const element = document.createElementNS(NAMESPACE, name);
  for (const attribute of node.attributes) {
    if (allowed(attribute.name, attribute.value)) {
      element.setAttribute(attribute.name, attribute.value);
    }
  }
  element.append(...node.children.map(buildMath));
  return element;
}
