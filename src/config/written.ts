/** A YAML file of ours as it is written: its value, and on which line each part of it stands. */
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import { err, ok, type Result } from '../core/result.ts';
import type { ConfigProblem } from './problem.ts';

export interface Written {
  readonly value: unknown;
  /** The line, from 1, of what stands at `path`, or of the nearest thing around it that is there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** What is wrong, and on which line of the file. */
export interface WrittenProblem extends ConfigProblem {
  readonly line: number;
}

const MOST_PROBLEMS = 10;
const MOST_ALIASES = 100;
const aliasFix = 'write the values out, or put a text that begins with * or & in quotes';

/**
 * An empty file is an empty map. The words of the YAML parser are told without its excerpt of the file: a secret could
 * stand there. `compare` says where a good one can be seen.
 */
export function parseWritten(text: string, compare: string): Result<Written, readonly WrittenProblem[]> {
  const lines = new LineCounter();
  const document = documentOf(text, lines);
  if (document === undefined)
    return err([{ line: 1, path: '', message: 'is nested too deeply', fix: 'write it flat' }]);
  if (document.errors.length === 0) return toWritten(document, lines);
  // What follows a tab is read in the wrong section: only the tab is a mistake.
  const tabs = document.errors.filter((error) => error.code === 'TAB_AS_INDENT');
  return err(
    (tabs.length > 0 ? tabs : document.errors).slice(0, MOST_PROBLEMS).map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      const path = `line ${String(line)}, column ${String(col)}`;
      const words = error.code === 'DUPLICATE_KEY' ? twice(text.slice(error.pos[0])) : yamlWords(error.code, compare);
      return { line, path, ...words };
    }),
  );
}

/** Undefined where brackets in brackets exhaust the parser's stack. */
function documentOf(text: string, lines: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function toWritten(document: Document.Parsed, lines: LineCounter): Result<Written, readonly WrittenProblem[]> {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return ok({ value: value ?? {}, lineOf: (path) => lineIn(document, lines, path) });
  } catch {
    return err([{ line: 1, path: '', message: 'its aliases (&, *) can not be followed', fix: aliasFix }]);
  }
}

function lineIn(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const start = startOf(document, path.slice(0, length));
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

/** Where the key stands, or the item of a list; undefined when there is none. */
function startOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  const around: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  if (isMap(around)) {
    const pair = around.items.find((item) => ranged(item.key)?.value === key);
    return ranged(pair?.key)?.start;
  }
  return ranged(document.getIn(path, true))?.start;
}

function ranged(node: unknown): { readonly start: number | undefined; readonly value: unknown } | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const value: unknown = 'value' in node ? node.value : undefined;
  if (!('range' in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return { start: typeof start === 'number' ? start : undefined, value };
}

type Words = Pick<ConfigProblem, 'message' | 'fix'>;

const yamlAdvice: Readonly<Record<string, Words>> = {
  BAD_INDENT: { message: 'is indented wrongly', fix: 'align it with the lines of its section' },
  TAB_AS_INDENT: { message: 'is indented with a tab', fix: 'use spaces' },
  MISSING_CHAR: { message: 'a quote, bracket or comma is missing here or before', fix: 'close what was opened' },
  BLOCK_AS_IMPLICIT_KEY: { message: 'a colon stands inside a text', fix: 'put the whole text in quotes' },
  BAD_SCALAR_START: { message: 'begins with a sign that YAML keeps for itself', fix: 'put it in quotes' },
  BAD_ALIAS: { message: 'a value that begins with * needs quotes', fix: 'put it in quotes' },
};

/** A key is named where it looks like one of ours: what stands in its place by mistake could be a secret. */
function twice(rest: string): Words {
  const key = /^[a-z][A-Za-z]{0,30}(?=:)/u.exec(rest)?.[0];
  const message = `${key ?? 'this key'} stands in its section already`;
  return { message, fix: 'remove one of the two; what stands under both belongs under one' };
}

function yamlWords(code: string, compare: string): Words {
  return (
    yamlAdvice[code] ?? {
      message: `is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
      fix: `compare with: ${compare}`,
    }
  );
}
