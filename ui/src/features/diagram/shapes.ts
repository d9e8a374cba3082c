import type { PathStep, SceneShape } from '../../ipc/generated/types';

/** A colour of eight digits. */
export function colour(rgba: number | null): string {
  return rgba === null ? 'none' : `#${rgba.toString(16).padStart(8, '0')}`;
}

/** Steps in the words of a path. All of them are numbers. */
export function pathData(steps: readonly PathStep[]): string {
  return steps
    .map((step) => {
      if (step === 'close') return 'Z';
      if ('move' in step) return `M${step.move.join(' ')}`;
      if ('line' in step) return `L${step.line.join(' ')}`;
      if ('bend' in step) return `Q${step.bend.join(' ')}`;
      return `C${step.curve.join(' ')}`;
    })
    .join('');
}

/** What all forms have but words. */
export function look(shape: SceneShape) {
  const edged = shape.stroke !== null;
  return {
    fill: colour(shape.fill),
    stroke: colour(shape.stroke),
    'stroke-width': edged ? shape.width : undefined,
    'stroke-dasharray': edged && shape.dash.length > 0 ? shape.dash.join(' ') : undefined,
    transform: placed(shape),
  };
}

export function placed(shape: SceneShape): string | undefined {
  return shape.at ? `matrix(${shape.at.join(' ')})` : undefined;
}
