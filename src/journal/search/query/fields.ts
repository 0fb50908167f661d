/** What each field of a query means. */
import { err, ok, type Result } from '../../../core/result.ts';
import { markedAs } from '../marks.ts';
import { DATE_FORMS, spanOf } from './dates.ts';
import { resolvedFields, type Query, type QueryContext, type QueryError } from './query.ts';

/** A field and its value, as written. */
export interface WrittenField {
  readonly name: string;
  readonly value: string;
  readonly at: number;
  readonly length: number;
}

const OTHERS = ['after', 'before', 'on', 'has', 'is', 'kind', 'class', 'rule'] as const;
const KNOWN: readonly string[] = [...resolvedFields, ...OTHERS];

type Meaning = (field: WrittenField, context: QueryContext) => Result<Query, QueryError>;

const meanings: Readonly<Record<(typeof OTHERS)[number], Meaning>> = {
  after: dated((span) => ({ is: 'time', from: span.from })),
  before: dated((span) => ({ is: 'time', to: span.from })),
  on: dated((span) => ({ is: 'time', from: span.from, to: span.to })),
  has: (field) => {
    const what = field.value.toLowerCase();
    if (what === 'attachment' || what === 'link') return ok({ is: 'has', what });
    return wrong(field, 'has: knows attachments and links', 'Write has:attachment or has:link');
  },
  is: (field) => {
    const what = field.value.toLowerCase();
    if (what === 'edited' || what === 'deleted') return ok({ is: 'state', what });
    const mark = markedAs.find((name) => name === what);
    if (mark !== undefined) return ok({ is: 'marked', mark });
    const known = ['edited', 'deleted', ...markedAs].map((name) => `is:${name}`);
    return wrong(field, 'is: does not know this', `Write ${known.slice(0, -1).join(', ')} or ${known.at(-1) ?? ''}`);
  },
  kind: (field) => {
    const kind = field.value.toLowerCase();
    if (/^[a-z]+(?:\.[a-z-]+)?$/u.test(kind)) return ok({ is: 'kind', kind });
    return wrong(field, 'this is no kind of record', 'Write for example kind:network.message or kind:delivery');
  },
  class: (field) => {
    if (/^[a-z0-9][a-z0-9-]*$/u.test(field.value)) return ok({ is: 'class', class: field.value });
    return wrong(field, 'this is no retention class', 'Write for example class:us-finra-6y');
  },
  rule: (field) => {
    const rule = field.value.trim().toLowerCase();
    if (/^[a-z0-9][a-z0-9-]*$/u.test(rule)) return ok({ is: 'marked', mark: `rule:${rule}` });
    return wrong(field, 'this is no name of a rule', 'Write for example rule:card-number (!c rule list names them)');
  },
};

export function meaningOf(field: WrittenField, context: QueryContext): Result<Query, QueryError> {
  if (!KNOWN.includes(field.name)) return unknown(field);
  if (field.value.trim() === '')
    return wrong(field, 'nothing follows the colon', `Write ${field.name}:value without a space`);
  const resolved = resolvedFields.find((name) => name === field.name);
  if (resolved !== undefined) return ok({ is: 'field', field: resolved, value: field.value.trim() });
  const other = OTHERS.find((name) => name === field.name);
  return other === undefined ? unknown(field) : meanings[other](field, context);
}

function dated(query: (span: { from: number; to: number }) => Query): Meaning {
  return (field, context) => {
    const span = spanOf(field.value, context);
    return span === undefined ? wrong(field, 'this is no date', DATE_FORMS) : ok(query(span));
  };
}

function unknown(field: WrittenField): Result<never, QueryError> {
  const near = KNOWN.find((name) => isNear(name, field.name));
  const fix =
    near === undefined
      ? `Fields are ${KNOWN.map((name) => `${name}:`).join(' ')} (put words with a colon in quotes)`
      : `Write ${near}: (or put it in quotes to search for the words)`;
  return wrong(field, `there is no field ${field.name}`, fix);
}

/** One letter more, less, other, or two exchanged. */
function isNear(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a.charAt(start) === b.charAt(start)) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const exchanged = `${restA.charAt(1)}${restA.charAt(0)}${restA.slice(2)}`;
  return [restA.slice(1), exchanged].includes(restB) || [restA, restA.slice(1)].includes(restB.slice(1));
}

function wrong(field: WrittenField, what: string, fix: string): Result<never, QueryError> {
  return err({ at: field.at, length: field.length, what, fix });
}
