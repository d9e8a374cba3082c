import type { Scene, SceneShape } from '../../ipc/generated/types';
import type { Handlers } from '../fake';

type Names = 'diagram_draw' | 'diagram_save';

const shape = (form: SceneShape['form'], fill: number | null, stroke: number | null): SceneShape => ({
  form,
  fill,
  stroke,
  width: stroke === null ? 0 : 1.5,
  dash: [],
  at: null,
});

/** Two boxes and an arrow between them. */
export function scene(dark: boolean): Scene {
  const ink = dark ? 0xeeeeecff : 0x21201cff;
  const [paper, edge] = dark ? [0x202248ff, 0x6e6adeff] : [0xf0f1feff, 0x5b5bd6ff];
  const words = (text: string, x: number): SceneShape =>
    shape({ type: 'text', x, y: 45, anchor: 'middle', size: 16, runs: [{ text, fill: ink, bold: false, italic: false }] }, null, null);
  const box = (x: number): SceneShape => shape({ type: 'rect', x, y: 15, width: 90, height: 50, radius: 5 }, paper, edge);
  return {
    kind: 'flowchart',
    title: null,
    description: null,
    view: [0, 0, 280, 80],
    shapes: [
      box(5),
      words('A', 50),
      box(185),
      words('B', 230),
      shape({ type: 'path', steps: [{ move: [95, 40] }, { line: [175, 40] }] }, null, ink),
      shape({ type: 'path', steps: [{ move: [175, 35] }, { line: [185, 40] }, { line: [175, 45] }, 'close'] }, ink, null),
      shape({ type: 'ellipse', x: 140, y: 40, rx: 4, ry: 4 }, edge, null),
    ],
  };
}

/** Diagrams: what says `no` in itself is not understood. */
export function diagramCommands(): Handlers<Names> {
  return {
    diagram_draw: ({ text, theme }) =>
      /\bno\b/.test(text)
        ? { scene: null, refusal: 'not_understood' }
        : { scene: scene(theme === 'dark'), refusal: null },
    diagram_save: () => ({ saved: true }),
  };
}
