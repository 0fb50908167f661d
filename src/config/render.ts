/** A config as YAML, each key under the words that its schema has for it. */
import { Document, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import type { z } from 'zod';
import { configJsonSchema } from './json-schema.ts';
import type { ConfigInput } from './schema.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;
const WIDTH = 116;

/** YAML of `input`, its keys explained; `head` is put on top. */
export function renderConfig(input: ConfigInput, head: string): string {
  const document = new Document(input);
  document.commentBefore = comment(head, 0);
  if (isMap(document.contents)) explain(document.contents, configJsonSchema(), 0);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true, singleQuote: false });
}

/** Sections and the items of lists are written key by key; what lies deeper stands on one line. */
function explain(map: YAMLMap, schema: JsonSchema, depth: number): void {
  for (const [i, pair] of map.items.entries()) {
    if (!isScalar(pair.key)) continue;
    const property = propertyOf(schema, String(pair.key.value));
    const words = property?.description;
    if (words !== undefined) pair.key.commentBefore = comment(words, depth);
    if (depth === 0 && i > 0) pair.key.spaceBefore = true;
    layOut(pair.value, property, depth);
  }
}

function layOut(value: unknown, schema: JsonSchema | undefined, depth: number): void {
  if (isMap(value)) {
    if (depth > 0) value.flow = true;
    else if (schema !== undefined) explain(value, schema, depth + 1);
  }
  if (!isSeq(value)) return;
  const items = value.items.filter((item) => isMap(item));
  value.flow = items.length === 0;
  const of = schema?.items;
  for (const item of items) if (typeof of === 'object' && !Array.isArray(of)) explain(item, of, depth + 1);
}

function propertyOf(schema: JsonSchema, key: string): JsonSchema | undefined {
  const property = schema.properties?.[key];
  return typeof property === 'object' ? property : undefined;
}

/** Folded to the width of a terminal. */
function comment(words: string, depth: number): string {
  const room = WIDTH - 2 * depth;
  return words
    .split('\n')
    .map((line) => fold(line, room))
    .join('\n');
}

function fold(line: string, room: number): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + word.length + 1 > room) {
      lines.push(current);
      current = '';
    }
    current += ` ${word}`;
  }
  return [...lines, current].join('\n');
}
