/**
 * After which of its `steps` a run is killed: every one of them with `EVERY_STEP=1` in the environment, and otherwise a
 * share that keeps the suite short; `from` chooses which share, so that scenes that are alike meet different steps.
 */
export function stepsToKill(steps: number, { every, from }: { readonly every: number; readonly from: number }) {
  const all = Array.from({ length: steps }, (_, index) => index + 1);
  if (process.env['EVERY_STEP'] === '1') return all;
  // The first and the last step are the ends of everything: always.
  return all.filter((step) => step === 1 || step === steps || step % every === from % every);
}
