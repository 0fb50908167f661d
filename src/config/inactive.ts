/**
 * Settings whose part is not built into this version: accepted, so that a config can be written once, and named by
 * start and doctor, so that nobody relies on them.
 */
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** Whether a given value asks for something that this version doesn't do. */
type Asks = (value: Json) => boolean;

const always: Asks = () => true;
const notEmpty: Asks = (value) => !Array.isArray(value) || value.length > 0;
function otherThan(...active: readonly Json[]): Asks {
  return (value) => !active.includes(value);
}

/** `[]` in a path stands for every item of a list, `*` for every key of a map. */
const later: readonly (readonly [path: string, asks: Asks])[] = [
  ['groups.*.directory', always],
  ['lines[].routing', otherThan('shared')],
  ['lines[].hours', always],
  ['lines[].autoReply', always],
  ['lines[].answerWithin', always],
  ['lines[].notice', always],
  ['lines[].consent', always],
  ['lines[].onUnknown', otherThan('tell')],
  ['desks[].scope', otherThan('all')],
  ['desks[].supervises', notEmpty],
  ['archive.rooms', otherThan('all')],
  ['archive.except', notEmpty],
  ['archive.federated', otherThan('all')],
  ['archive.outside', notEmpty],
  ['archive.staffNotice', otherThan(true)],
  ['anchors', notEmpty],
  ['feeds', notEmpty],
];

/** Paths of such settings in a config as written, in the order of this list. */
export function inactiveIn(written: JsonObject): readonly string[] {
  return later.flatMap(([path, asks]) =>
    found(written, path.split(/\.|(?=\[\])/u), '')
      .filter(at(asks))
      .map(pathOf),
  );
}

interface Found {
  readonly path: string;
  readonly value: Json;
}
const pathOf = (one: Found): string => one.path;
function at(asks: Asks): (one: Found) => boolean {
  return (one) => asks(one.value);
}

function found(value: Json | undefined, rest: readonly string[], path: string): readonly Found[] {
  const [step, ...after] = rest;
  if (value === undefined) return [];
  if (step === undefined) return [{ path, value }];
  if (step === '[]') return items(value).flatMap((item, i) => found(item, after, `${path}[${String(i)}]`));
  if (!isJsonObject(value)) return [];
  const keys = step === '*' ? Object.keys(value) : [step];
  return keys.flatMap((key) => found(value[key], after, path === '' ? key : `${path}.${key}`));
}

function items(value: Json): readonly Json[] {
  return Array.isArray(value) ? value.map((item: Json) => item) : [];
}
