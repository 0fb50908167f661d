/** How deep a JSON text nests, without reading it: what is written back or walked through must not exhaust the stack. */

/** No provider's payload comes near it. */
export const depthMost = 100;

/** Whether arrays and objects in `text` lie at most `depthMost` deep; brackets in strings don't count. */
export function isShallow(text: string): boolean {
  let [depth, inString] = [0, false];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at];
    if (inString) {
      if (unit === '\\') at += 1;
      else if (unit === '"') inString = false;
    } else if (unit === '"') inString = true;
    else depth += step(unit);
    if (depth > depthMost) return false;
  }
  return true;
}

function step(unit: string | undefined): number {
  if (unit === '[' || unit === '{') return 1;
  return unit === ']' || unit === '}' ? -1 : 0;
}
