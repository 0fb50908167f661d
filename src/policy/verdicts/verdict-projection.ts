/**
 * Keeps `policy_verdict` and `policy_message` as entries come. A decision, a deletion and an edit may be recorded in the
 * same moment: whichever is first on record moves the verdict, and the others find it moved.
 */
import type { Entry, EntryOf } from '../../core/entry.ts';
import { parseEventId, type EventId, type Position } from '../../core/ids.ts';
import { isJsonObject } from '../../core/json.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Projection } from '../../journal/projection.ts';
import type { Writing } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { beginsAs, moved, type VerdictMove } from './verdict-moves.ts';
import { judgedEvent, judgedMessage, verdictAt, verdictsOf } from './verdict-store.ts';
import type { JudgedEvent, StandingVerdict } from './verdict-store.ts';

export const POLICY = 'policy';

/** What stands this many entries back is not judged any more. */
const KEPT_ENTRIES = 1_000_000;

const insertVerdict = statement<{
  position: number;
  of: number;
  version: number | null;
  content: string;
  consequence: string;
  state: string;
  until: number | null;
}>((db, p) =>
  db.insertInto('policy_verdict').values({
    position: p('position'),
    of_position: p('of'),
    version: p('version'),
    content: p('content'),
    consequence: p('consequence'),
    state: p('state'),
    until: p('until'),
    changed: p('position'),
  }),
);
const setState = statement<{ position: number; state: string; changed: number }>((db, p) =>
  db
    .updateTable('policy_verdict')
    .set({ state: p('state'), changed: p('changed') })
    .where('position', '=', p('position')),
);
const insertMessage = statement<{ of: number; event: string | null; sender: string | null }>((db, p) =>
  db
    .insertInto('policy_message')
    .values({ of_position: p('of'), event: p('event'), sender: p('sender'), version: null, gone: 0, sent: 0 }),
);
const setMessage = statement<{ of: number; version: number | null; gone: number; sent: number }>((db, p) =>
  db
    .updateTable('policy_message')
    .set({ version: p('version'), gone: p('gone'), sent: p('sent') })
    .where('of_position', '=', p('of')),
);
const forgetMessages = statement<{ before: number }>((db, p) =>
  db.deleteFrom('policy_message').where('of_position', '<', p('before')),
);

async function addMessage(
  writing: Writing,
  message: { readonly of: Position; readonly event: EventId | null; readonly sender: string | null },
): Promise<void> {
  await writing.run(insertMessage, message);
  await writing.run(forgetMessages, { before: message.of - KEPT_ENTRIES });
}

async function saveMessage(writing: Writing, message: JudgedEvent): Promise<void> {
  const { of, version, gone, out } = message;
  await writing.run(setMessage, { of, version: version ?? null, gone: gone ? 1 : 0, sent: out ? 1 : 0 });
}

async function move(writing: Writing, verdict: StandingVerdict, how: VerdictMove, by: Position): Promise<void> {
  const state = moved(verdict, how);
  if (state !== verdict.state) await writing.run(setState, { position: verdict.position, state, changed: by });
}

async function moveAll(writing: Writing, of: Position, how: VerdictMove, by: Position): Promise<void> {
  for (const verdict of await verdictsOf(writing, of)) await move(writing, verdict, how, by);
}

async function decided(writing: Writing, at: Position, how: VerdictMove, by: Position): Promise<void> {
  const verdict = await verdictAt(writing, at);
  if (verdict !== undefined) await move(writing, verdict, how, by);
}

/** The newest verdict is the one that counts. */
async function onVerdict(entry: EntryOf<'policy.verdict'>, writing: Writing): Promise<void> {
  const { position, body } = entry;
  const { of, content, consequence, version = null, until = null } = body;
  // Only what goes out waits for a decision; the rest is there already.
  const isThere = body.afterwards === true || (entry.direction !== undefined && entry.direction !== 'outbound');
  const state = isThere ? 'closed' : beginsAs(body, await judgedMessage(writing, of));
  if (state === 'open') await moveAll(writing, of, 'superseded', position);
  await writing.run(insertVerdict, { position, of, version, content, consequence, state, until });
}

async function onEvent(entry: EntryOf<'matrix.event'>, writing: Writing): Promise<void> {
  if (entry.portal === undefined || entry.direction !== 'outbound') return;
  const { event_id: event, sender } = entry.body;
  const change = changeIn(entry);
  if (change === undefined) return addMessage(writing, { of: entry.position, event, sender });
  const message = await judgedEvent(writing, change.of);
  if (message === undefined || message.out) return;
  if (change.is === 'redaction') await onGone(message, entry.position, writing);
  // Only the author's edits count; others' are on record and nothing more.
  else if (message.sender === sender) await onEdited(message, entry.position, writing);
}

async function onGone(message: JudgedEvent, by: Position, writing: Writing): Promise<void> {
  await saveMessage(writing, { ...message, gone: true });
  await moveAll(writing, message.of, 'withdrawn', by);
}

async function onEdited(message: JudgedEvent, by: Position, writing: Writing): Promise<void> {
  await saveMessage(writing, { ...message, version: by });
  await moveAll(writing, message.of, 'superseded', by);
}

interface Change {
  readonly is: 'redaction' | 'edit';
  readonly of: EventId;
}

/** What an event of staff does to another one. From room version 11 on, the target of a redaction stands in the content. */
function changeIn({ body }: EntryOf<'matrix.event'>): Change | undefined {
  if (body.type === 'm.room.redaction') {
    const of = parseEventId(body.redacts ?? body.content['redacts']);
    return of.ok ? { is: 'redaction', of: of.value } : undefined;
  }
  const relation = body.content['m.relates_to'];
  if (!isJsonObject(relation) || relation['rel_type'] !== 'm.replace') return undefined;
  const of = parseEventId(relation['event_id']);
  return of.ok ? { is: 'edit', of: of.value } : undefined;
}

type Delivery = EntryOf<'delivery.outcome'> | EntryOf<'delivery.retry'> | EntryOf<'delivery.abandoned'>;

async function onDelivery(entry: Delivery, writing: Writing): Promise<void> {
  const message = await judgedMessage(writing, entry.body.of);
  if (message === undefined) return;
  switch (entry.kind) {
    case 'delivery.outcome':
      if (entry.body.target === 'network')
        await saveMessage(writing, { ...message, out: entry.body.state !== 'failed' });
      return;
    case 'delivery.retry':
      return saveMessage(writing, { ...message, gone: false, out: false });
    case 'delivery.abandoned':
      return entry.body.reason === 'withdrawn' ? onGone(message, entry.position, writing) : undefined;
  }
}

async function onPolicy(entry: Entry, writing: Writing): Promise<void> {
  switch (entry.kind) {
    case 'policy.verdict':
      return onVerdict(entry, writing);
    case 'policy.approved':
      return decided(writing, entry.body.verdict, 'approved', entry.position);
    case 'policy.rejected':
      return decided(writing, entry.body.verdict, 'rejected', entry.position);
    case 'policy.expired':
      return decided(writing, entry.body.verdict, 'expired', entry.position);
    case 'policy.overridden':
      return decided(writing, entry.body.of, 'overridden', entry.position);
    default:
  }
}

async function apply(entry: Entry, writing: Writing): Promise<void> {
  switch (entry.kind) {
    case 'matrix.event':
      return onEvent(entry, writing);
    case 'portal.wanted':
      if (entry.body.text === undefined) return;
      return addMessage(writing, { of: entry.position, event: null, sender: entry.body.by });
    case 'delivery.outcome':
    case 'delivery.retry':
    case 'delivery.abandoned':
      return onDelivery(entry, writing);
    default:
      return onPolicy(entry, writing);
  }
}

export const verdictsProjection: Projection = {
  name: POLICY,
  tables: ['policy_verdict', 'policy_message'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists policy_verdict (position ${t.int} primary key, of_position ${t.int} not null, version ${t.int}, content ${t.text} not null, consequence ${t.text} not null, state ${t.text} not null, until ${t.int}, changed ${t.int} not null)${t.strict}`,
      'create index if not exists policy_verdict_of on policy_verdict (of_position, position)',
      'create index if not exists policy_verdict_changed on policy_verdict (changed)',
      'create index if not exists policy_verdict_version on policy_verdict (version)',
      'create index if not exists policy_verdict_open on policy_verdict (state, position)',
      `create table if not exists policy_message (of_position ${t.int} primary key, event ${t.text}, sender ${t.text}, version ${t.int}, gone ${t.int} not null, sent ${t.int} not null)${t.strict}`,
      'create index if not exists policy_message_event on policy_message (event)',
      'create index if not exists policy_message_sender on policy_message (sender, of_position)',
    ];
  },
  apply,
  forget: forgetRecord(
    ['policy_verdict', 'position'],
    ['policy_verdict', 'of_position'],
    ['policy_message', 'of_position'],
  ),
  goesWithItsMessage: true,
};
