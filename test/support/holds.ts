/** Holds placed over what `search.ts` says, and erasures that are asked for in one append. */
import type { Draft, DraftOf } from '../../src/core/entry.ts';
import { must, parseClassId, parseHoldId, parseMillis, parsePosition, parseUserId } from '../../src/core/ids.ts';
import type { LeftOut } from '../../src/core/retention-entries.ts';
import { parseQuery } from '../../src/journal/search/query/parser.ts';
import { planOf } from '../../src/journal/search/plan.ts';
import { Tokens } from '../../src/journal/search/tokens.ts';
import type { OpenJournal } from '../../src/journal/open-journal.ts';
import { writeMeant } from '../../src/retention/holds/stored-query.ts';
import { draftOf } from './journal.ts';
import { options, resolver } from './search.ts';

export const OLIVIA = must(parseUserId('@olivia:acme.example'));
export const OMAR = must(parseUserId('@omar:acme.example'));
const at = must(parseMillis(1_772_000_000_000));
const position = (n: number) => must(parsePosition(n));
const tokens = new Tokens(new Uint8Array(32));

/** A hold over what `query` means, as a desk would place it. */
export async function holdOn(name: string, query: string, custodians = [OMAR]): Promise<DraftOf<'hold.placed'>> {
  const parsed = parseQuery(query, options);
  if (!parsed.ok) throw new Error(parsed.error.what);
  const { meant } = await planOf(parsed.value, {
    resolver,
    tokens,
    now: options.now,
    knows: () => Promise.resolve(true),
  });
  const selector = { query, meant: writeMeant({ query: parsed.value, meant }) };
  const hold = must(parseHoldId(name));
  return draftOf('hold.placed', { hold, case: 'Acme v. Doe', selector, custodians, by: OLIVIA }, { at });
}

export function released(name: string, placed: number, more = {}): Draft {
  const body = { hold: must(parseHoldId(name)), placed: position(placed), by: OLIVIA };
  return draftOf('hold.released', { ...body, ...more }, { at });
}

export function releaseAsked(name: string, placed: number, more: { readonly refused?: true } = {}): Draft {
  const body = { hold: must(parseHoldId(name)), placed: position(placed), by: OLIVIA };
  return draftOf('hold.release-requested', { ...body, ...more }, { at });
}

/** Asks for these to be erased. */
export function erasing(...positions: readonly number[]): DraftOf<'retention.erased'> {
  return draftOf('retention.erased', {
    run: position(1),
    class: must(parseClassId('test-class')),
    authority: 'a test',
    spans: positions.map((n) => [position(n), position(n)] as const),
    entries: positions.length,
    leftOut: [],
  });
}

/** What the writer left out of it, and why. */
export async function erase(journal: OpenJournal, ...positions: readonly number[]): Promise<readonly LeftOut[]> {
  const [appended] = await journal.append([erasing(...positions)]);
  return leftOutAt(journal, appended?.position ?? 0);
}

export async function leftOutAt(journal: OpenJournal, erased: number): Promise<readonly LeftOut[]> {
  const entry = await journal.read(position(erased));
  if (entry?.kind !== 'retention.erased' || 'erased' in entry) throw new Error('no erasure is on record there');
  return entry.body.leftOut;
}
