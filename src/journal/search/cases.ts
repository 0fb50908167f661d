/** `case:` in a query: what the holds of a case cover stands in its place. */
import type { Constraint } from './field-resolver.ts';
import type { Query } from './query/query.ts';

/** A query, and whom and what each of its fields names. */
export interface Meant {
  readonly query: Query;
  readonly meant: ReadonlyMap<Query, readonly Constraint[]>;
}

/** What each hold of the case covers; none where there is no such case. */
export type Cases = (name: string) => Promise<readonly Meant[]>;

/** A case that is not known stays what it is: a name that nothing here has. */
export async function withCases(query: Query, cases: Cases): Promise<Meant> {
  const meant = new Map<Query, readonly Constraint[]>();
  const put = async (part: Query): Promise<Query> => {
    switch (part.is) {
      case 'and':
      case 'or':
        return { is: part.is, of: await Promise.all(part.of.map(put)) };
      case 'not':
        return { is: 'not', of: await put(part.of) };
      case 'field':
        return part.field === 'case' ? covered(part) : part;
      default:
        return part;
    }
  };
  const covered = async (part: Extract<Query, { is: 'field' }>): Promise<Query> => {
    const holds = await cases(part.value);
    for (const hold of holds) for (const [field, names] of hold.meant) meant.set(field, names);
    return holds.length === 0 ? part : { is: 'or', of: holds.map((hold) => hold.query) };
  };
  return { query: await put(query), meant };
}
