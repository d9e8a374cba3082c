/** What went from one purpose to one recipient. */
export interface FlowInput {
  from: string;
  to: string;
  toNote?: string | undefined;
  value: number;
  valueLabel: string;
}

interface Node {
  name: string;
  note: string | undefined;
  value: number;
  /** Where its ribbons begin, from the top, in pixels. */
  top: number;
  middle: number;
}
interface Ribbon {
  key: string;
  path: string;
  /** 1 to 9. */
  colour: number;
}
export interface FlowLayout {
  height: number;
  from: Node[];
  to: Node[];
  ribbons: Ribbon[];
}

const RIBBONS_HEIGHT = 96;
/** What is there must be seen. */
const THINNEST = 4;
/** Two lines of words beside each other's node. */
const SLOT = 40;
const GAP = 8;

function column(flows: readonly FlowInput[], side: 'from' | 'to', thick: (flow: FlowInput) => number) {
  const nodes = new Map<string, Node & { thickness: number }>();
  for (const flow of flows) {
    const name = flow[side];
    const known = nodes.get(name);
    const node = known ?? { name, note: undefined, value: 0, top: 0, middle: 0, thickness: 0 };
    if (!known) nodes.set(name, node);
    node.value += flow.value;
    node.thickness += thick(flow);
    if (side === 'to') node.note ??= flow.toNote;
  }
  let y = 0;
  for (const node of nodes.values()) {
    const slot = Math.max(SLOT, node.thickness);
    node.middle = y + slot / 2;
    node.top = node.middle - node.thickness / 2;
    y += slot + GAP;
  }
  return { nodes, height: Math.max(0, y - GAP) };
}

/** Places purposes left, recipients right, and a ribbon for each flow, as thick as its value. */
export function layoutFlows(flows: readonly FlowInput[]): FlowLayout {
  const total = flows.reduce((sum, flow) => sum + flow.value, 0);
  const thick = (flow: FlowInput) =>
    Math.max(THINNEST, total > 0 ? (flow.value / total) * RIBBONS_HEIGHT : THINNEST);
  const left = column(flows, 'from', thick);
  const right = column(flows, 'to', thick);
  const height = Math.max(left.height, right.height);
  // The shorter column stands in the middle of the taller one.
  for (const side of [left, right]) {
    const shift = (height - side.height) / 2;
    for (const node of side.nodes.values()) {
      node.top += shift;
      node.middle += shift;
    }
  }
  const colours = [...left.nodes.keys()];
  const used = { left: new Map<string, number>(), right: new Map<string, number>() };
  const ribbons = flows.map((flow): Ribbon => {
    const thickness = thick(flow);
    const leftUsed = used.left.get(flow.from) ?? 0;
    const rightUsed = used.right.get(flow.to) ?? 0;
    used.left.set(flow.from, leftUsed + thickness);
    used.right.set(flow.to, rightUsed + thickness);
    const a = (left.nodes.get(flow.from)?.top ?? 0) + leftUsed;
    const b = (right.nodes.get(flow.to)?.top ?? 0) + rightUsed;
    return {
      key: `${flow.from} ${flow.to}`,
      colour: (colours.indexOf(flow.from) % 9) + 1,
      path: `M0 ${a}C50 ${a} 50 ${b} 100 ${b}V${b + thickness}C50 ${b + thickness} 50 ${a + thickness} 0 ${a + thickness}Z`,
    };
  });
  return { height, from: [...left.nodes.values()], to: [...right.nodes.values()], ribbons };
}
