/** Turns what zod found into problems that a person can mend. */
import { stringify } from 'yaml';
import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { exampleConfig } from './example.ts';
import { pathText, say, unsay, type ConfigProblem } from './problem.ts';
import { unknownKey } from './section.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** Words for what the schema itself has no words for. Never shows a value: it could be a secret. */
export function issueWords(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined || issue.input === null
        ? say('is missing', '')
        : say(`must be ${named(issue.expected)}, not ${given(issue.input)}`, quoted(issue));
    case 'invalid_value':
      return choice(issue.values, issue.input);
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? choice(issue.options, inputAt(issue.input, issue.discriminator))
        : undefined;
    case 'too_small':
      return say('is too short', '');
    case 'too_big':
      return say(`is too long (at most ${String(issue.maximum)})`, 'make it shorter');
    default:
      return undefined;
  }
}

/** Of a choice by one key, what that key has. */
function inputAt(input: unknown, discriminator: string | undefined): unknown {
  if (discriminator === undefined || typeof input !== 'object' || input === null) return undefined;
  return new Map<string, unknown>(Object.entries(input)).get(discriminator);
}

const names: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

function named(expected: string): string {
  return names[expected] ?? expected;
}

function given(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  return named(typeof input);
}

/** YAML reads `+12025550100` as a number; it takes quotes to make it a text. */
function quoted(issue: RawIssue): string {
  const scalar = typeof issue.input === 'number' || typeof issue.input === 'boolean';
  return issue.code === 'invalid_type' && issue.expected === 'string' && scalar ? 'put it in quotes' : '';
}

function choice(values: readonly unknown[], input: unknown): string {
  if (input === undefined || input === null) return say('is missing', '');
  const known = values.map(String);
  const meant = typeof input === 'string' ? nearest(input, known) : undefined;
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return say(`is none of ${known.join(', ')}${hint}`, `write ${meant ?? known.join(' or ')}`);
}

export interface Within {
  /** Put before each path. */
  readonly base: readonly PropertyKey[];
  /** The keys that a schema which is not ours knows at its top. */
  readonly known: readonly string[];
  /** From which a fix is taken that zod has no words for; without it, the example config. */
  readonly example?: Example;
}

/** A whole good file as a value, and where people can see it. */
export interface Example {
  readonly value: unknown;
  readonly see: string;
  /** What is shown for a key whose whole value would be too much to read, or too much at once. */
  readonly short?: ReadonlyMap<string, unknown>;
}

const ofConfig: Example = { value: exampleConfig, see: 'gatehouse config example' };

/** In the order in which zod found them. */
export function toProblems(
  issues: readonly Issue[],
  within: Within = { base: [], known: [] },
): readonly ConfigProblem[] {
  return issues.flatMap((issue) => fromIssue(issue, [...within.base, ...issue.path], within));
}

function fromIssue(issue: Issue, path: readonly PropertyKey[], within: Within): readonly ConfigProblem[] {
  const example = within.example ?? ofConfig;
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, within.known);
  if (issue.code === 'invalid_key') return [problem(path, issue.issues[0]?.message ?? issue.message, example)];
  if (issue.code === 'invalid_union') {
    const branch = theOneMeant(issue.errors);
    if (branch !== undefined) return toProblems(branch, { base: path, known: [], example });
  }
  return [problem(path, issue.message, example)];
}

type UnknownKeys = z.core.$ZodIssueUnrecognizedKeys;

/** A section of ours has said its words already; for another schema they are made here. */
function unknownKeys(
  issue: UnknownKeys,
  path: readonly PropertyKey[],
  known: readonly string[],
): readonly ConfigProblem[] {
  const words = issue.message.split('\n');
  return issue.keys.map((key, i) => {
    const said = `${words[2 * i] ?? ''}\n${words[2 * i + 1] ?? ''}`;
    const ours = words.length === 2 * issue.keys.length;
    return { path: pathText([...path, key]), ...unsay(ours ? said : unknownKey(key, known)) };
  });
}

function problem(path: readonly PropertyKey[], words: string, example: Example): ConfigProblem {
  const { message, fix } = unsay(words);
  return { path: pathText(path), message, fix: fix === '' ? exampleFix(path, example) : fix };
}

/** Of a union's branches the only one that the value has the form of: its problems say more than "none of these". */
function theOneMeant(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const deeper = branches.filter((issues) => issues.every((issue) => issue.path.length > 0));
  return deeper.length === 1 ? deeper[0] : undefined;
}

/** `write it like: domain: acme.example`, taken from the example. */
function exampleFix(path: readonly PropertyKey[], example: Example): string {
  const key = path.findLast((part) => typeof part === 'string');
  const value = shortExample(path, example) ?? exampleAt(example.value, path);
  if (value === undefined || key === undefined) return `see: ${example.see}`;
  const flow = stringify(value, { collectionStyle: 'flow', lineWidth: 0, defaultStringType: 'PLAIN' }).trim();
  return typeof path.at(-1) === 'number' ? `write it like: ${flow}` : `write it like: ${key}: ${flow}`;
}

function shortExample(path: readonly PropertyKey[], { short }: Example): unknown {
  const last = path.at(-1);
  if (typeof last === 'string') return short?.get(last);
  const list = typeof last === 'number' ? short?.get(String(path.at(-2))) : undefined;
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return first;
}

function exampleAt(value: unknown, path: readonly PropertyKey[]): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(value)) {
    const first: unknown = value[0];
    return exampleAt(first, rest);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return exampleAt(new Map<PropertyKey, unknown>(Object.entries(value)).get(part), rest);
}
