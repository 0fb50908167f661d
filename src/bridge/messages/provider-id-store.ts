/**
 * What the networks call the messages we sent, and how far each part got. A receipt may overtake the record of the
 * send it belongs to: it is kept under position 0 and taken up when the send is recorded.
 */
import { z } from 'zod';
import type { ReceiptState } from '../../core/network-entries.ts';
import { parsePosition, type ConnectorId, type Millis, type Position, type RemoteId } from '../../core/ids.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Dialect } from '../../storage/dialect.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';

const ID = 'provider_id.lookup';
/** A receipt that waited longer for its message belongs to another one: providers use ids again. */
const EARLY_FOR_MS = 60 * 60_000;

const stateColumn = z.enum(['sent', 'accepted', 'unknown', 'failed', 'expired', 'delivered', 'read']);
export type PartState = z.infer<typeof stateColumn>;

/** Receipts come in any order and never take a part back. A late "delivered" outweighs a "failed": someone has it. */
const rank: Readonly<Record<PartState, number>> = {
  sent: 0,
  unknown: 1,
  accepted: 2,
  expired: 3,
  failed: 4,
  delivered: 5,
  read: 6,
};

function further(now: PartState, then: PartState): PartState {
  return rank[then] > rank[now] ? then : now;
}

const partRow = z.object({
  lookup: z.string(),
  of: z.number(),
  part: z.number(),
  state: stateColumn,
  at: column.millis,
});
type PartRow = z.infer<typeof partRow>;

const byId = statement<{ connector: string; lookup: string }, PartRow>(
  (db, p) =>
    db
      .selectFrom('provider_id')
      .select(['lookup', 'of', 'part', 'state', 'at'])
      .where('connector', '=', p('connector'))
      .where('lookup', '=', p('lookup'))
      .orderBy('of', 'desc')
      .limit(1),
  (row) => partRow.parse(row),
);
const partsOf = statement<{ of: number }, PartRow>(
  (db, p) =>
    db
      .selectFrom('provider_id')
      .select(['lookup', 'of', 'part', 'state', 'at'])
      .where('of', '=', p('of'))
      .orderBy('part'),
  (row) => partRow.parse(row),
);
const insert = statement<{ connector: string; lookup: string; of: number; part: number; state: string; at: number }>(
  (db, p) =>
    db
      .insertInto('provider_id')
      .values({
        connector: p('connector'),
        lookup: p('lookup'),
        of: p('of'),
        part: p('part'),
        state: p('state'),
        at: p('at'),
      })
      .onConflict((oc) => oc.columns(['connector', 'lookup', 'of']).doUpdateSet({ state: p('state'), at: p('at') })),
);
const forgetEarly = statement<{ connector: string; lookup: string }>((db, p) =>
  db
    .deleteFrom('provider_id')
    .where('connector', '=', p('connector'))
    .where('lookup', '=', p('lookup'))
    .where('of', '=', 0),
);
const forgetParts = statement<{ of: number }>((db, p) => db.deleteFrom('provider_id').where('of', '=', p('of')));

export interface SentAs {
  readonly of: Position;
  readonly lookup: string;
  readonly part: number;
  readonly state: PartState;
}

/** The newest message that `ids`, any of them, was given to; undefined when the receipt came first. */
export async function sentAs(
  reading: Reading,
  sealer: Sealer,
  given: { readonly connector: ConnectorId; readonly ids: readonly RemoteId[] },
): Promise<SentAs | undefined> {
  for (const id of given.ids) {
    const found = await reading.get(byId, { connector: given.connector, lookup: sealer.lookup(ID, id) });
    const of = parsePosition(found?.of);
    if (found !== undefined && of.ok) return { ...found, of: of.value };
  }
  return undefined;
}

export interface ReceiptSeen {
  readonly connector: ConnectorId;
  readonly ids: readonly RemoteId[];
  readonly state: ReceiptState;
  readonly at: Millis;
  /** Whether the send that it belongs to may yet come on record. */
  readonly overtakes: boolean;
}

/** Notes a receipt. Resolves with the message it belongs to, when that is known. */
export async function noteReceipt(writing: Writing, sealer: Sealer, seen: ReceiptSeen): Promise<Position | undefined> {
  const { connector, at } = seen;
  const known = await sentAs(writing, sealer, seen);
  if (known !== undefined) {
    const { lookup, of, part } = known;
    await writing.run(insert, { connector, lookup, of, part, state: further(known.state, seen.state), at });
    return of;
  }
  if (!seen.overtakes) return undefined;
  for (const id of seen.ids) {
    const lookup = sealer.lookup(ID, id);
    const early = await writing.get(byId, { connector, lookup });
    const state = further(early?.state ?? 'sent', seen.state);
    await writing.run(insert, { connector, lookup, of: 0, part: 0, state, at });
  }
  return undefined;
}

/** Of a receipt whose message never came on record. */
export async function forgetEarlyReceipt(
  writing: Writing,
  sealer: Sealer,
  { connector, ids }: Pick<ReceiptSeen, 'connector' | 'ids'>,
): Promise<void> {
  for (const id of ids) await writing.run(forgetEarly, { connector, lookup: sealer.lookup(ID, id) });
}

export interface SentIds {
  readonly connector: ConnectorId;
  readonly of: Position;
  readonly ids: readonly RemoteId[];
  readonly at: Millis;
}

/** Notes what the network calls a message, one id a part; receipts that came early count at once. */
export async function noteSent(writing: Writing, sealer: Sealer, sent: SentIds): Promise<void> {
  await writing.run(forgetParts, { of: sent.of });
  for (const [part, id] of sent.ids.entries()) {
    const lookup = sealer.lookup(ID, id);
    const before = await writing.get(byId, { connector: sent.connector, lookup });
    const early = before?.of === 0 && sent.at - before.at <= EARLY_FOR_MS ? before.state : 'sent';
    await writing.run(forgetEarly, { connector: sent.connector, lookup });
    await writing.run(insert, { connector: sent.connector, lookup, of: sent.of, part, state: early, at: sent.at });
  }
}

/** `unheard`: the network has said nothing yet of any part. */
type WholeState = 'delivered' | 'read' | 'failed' | 'expired' | 'sent' | 'unheard';

/** What all parts together say: read or delivered only when all are, failed when one is, else that something was heard. */
export async function wholeState(reading: Reading, of: Position): Promise<WholeState> {
  const parts = await reading.all(partsOf, { of });
  return aggregate(parts.map((part) => part.state));
}

export function aggregate(parts: readonly PartState[]): WholeState {
  if (parts.includes('failed')) return 'failed';
  if (parts.includes('expired')) return 'expired';
  if (parts.every((part) => rank[part] < rank.accepted)) return 'unheard';
  if (parts.some((part) => rank[part] < rank.delivered)) return 'sent';
  return parts.every((part) => part === 'read') ? 'read' : 'delivered';
}

export function providerIdSchema(dialect: Dialect): readonly string[] {
  const t = types(dialect);
  return [
    `create table if not exists provider_id (connector ${t.text} not null, lookup ${t.text} not null, "of" ${t.int} not null, part ${t.int} not null, state ${t.text} not null, at ${t.int} not null, primary key (connector, lookup, "of"))${t.strict}`,
    'create index if not exists provider_id_by_message on provider_id ("of")',
  ];
}
