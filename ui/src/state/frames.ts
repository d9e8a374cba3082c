/** Runs a task before the next frame, or soon if the window is hidden and draws none. */
export type Schedule = (task: () => void) => void;

const HIDDEN_DELAY_MS = 250;

export const nextFrame: Schedule = (task) => {
  if (typeof requestAnimationFrame === 'undefined' || document.hidden) {
    setTimeout(task, HIDDEN_DELAY_MS);
    return;
  }
  // A window that is hidden between here and the frame would never draw it.
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    task();
  };
  const timer = setTimeout(once, HIDDEN_DELAY_MS);
  requestAnimationFrame(once);
};
