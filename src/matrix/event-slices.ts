/**
 * Cuts the array of events of a transaction or of a page of history into the byte ranges of its elements, so that each
 * entry keeps what came over the wire, byte for byte. The caller has parsed the same bytes with JSON.parse before: they are valid JSON. No recursion,
 * so that nesting can't exhaust the stack; one pass, so that time is linear.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENERS = new Set([0x7b, 0x5b]);
const CLOSERS = new Set([0x7d, 0x5d]);
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/**
 * The slices of the top-level array `member` of `json`, in order; views on the same memory. Of two members of that name
 * the last one counts, as JSON.parse has it. Empty when there is none or it is no array.
 */
export function eventSlices(json: Uint8Array, member: 'events' | 'chunk' = 'events'): Uint8Array[] {
  let slices: Uint8Array[] = [];
  let at = skipSpace(json, 0);
  if (json[at] !== 0x7b) return [];
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] !== CLOSE_BRACE) {
    const keyEnd = endOfString(json, at);
    const isEvents = keyOf(json.subarray(at, keyEnd)) === member;
    const start = skipSpace(json, afterColon(json, keyEnd));
    const end = endOfValue(json, start);
    if (isEvents) slices = elements(json, start, end);
    at = next(json, end);
  }
  return slices;
}

function elements(json: Uint8Array, start: number, end: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  if (json[start] !== 0x5b) return found;
  let at = skipSpace(json, start + 1);
  while (at < end && json[at] !== CLOSE_BRACKET) {
    const stop = endOfValue(json, at);
    // Only where it isn't JSON: it must end all the same.
    if (stop === at) break;
    found.push(json.subarray(at, stop));
    at = next(json, stop);
  }
  return found;
}

/** Past the comma that follows a value, or at the bracket that ends its parent. */
function next(json: Uint8Array, end: number): number {
  const at = skipSpace(json, end);
  return json[at] === COMMA ? skipSpace(json, at + 1) : at;
}

function afterColon(json: Uint8Array, at: number): number {
  const colon = skipSpace(json, at);
  return json[colon] === COLON ? colon + 1 : colon;
}

function skipSpace(json: Uint8Array, from: number): number {
  let at = from;
  while (at < json.length && SPACES.has(json[at] ?? 0)) at += 1;
  return at;
}

/** The index after the string that begins at `start`. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** The index after the value that begins at `start`. */
function endOfValue(json: Uint8Array, start: number): number {
  const first = json[start] ?? 0;
  if (first === QUOTE) return endOfString(json, start);
  return OPENERS.has(first) ? endOfNested(json, start) : endOfScalar(json, start);
}

function endOfNested(json: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(json, at);
      continue;
    }
    if (OPENERS.has(byte)) depth += 1;
    else if (CLOSERS.has(byte)) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return at;
}

function endOfScalar(json: Uint8Array, start: number): number {
  let at = start;
  while (at < json.length && !endsScalar(json[at] ?? 0)) at += 1;
  return at;
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || CLOSERS.has(byte) || SPACES.has(byte);
}

/** A key may be written with escapes: `\u0065vents` is `events`. */
function keyOf(bytes: Uint8Array): unknown {
  const key: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return key;
}
