/** Puts on record what a webhook brings, and resolves when it is: only then may the webhook be answered. */
import type { z } from 'zod';
import type { Address } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import { InOrder } from '../in-order.ts';
import { isShallow } from '../json-depth.ts';
import { takeMessage } from './messages.ts';
import { accountError, accountNotice, takeCall, takeGroup, takePreference } from './notices.ts';
import { change as changeShape, contactsIn, entry as entryShape, envelope, errorsIn, metadata } from './payload.ts';
import type { People } from './people.ts';
import type { Positions } from './positions.ts';
import { contentId, lost, nothingTaken, type Reading, type Taken } from './reading.ts';
import { takeStatus } from './statuses.ts';
import type { Windows } from './windows.ts';

/** Of a body with many events, only the first has all of it: the others have what is theirs. */
const wholeMostBytes = 256 * 1024;

interface Parts {
  readonly ctx: ConnectorContext;
  /** By phone number id. */
  readonly lines: ReadonlyMap<string, Address>;
  readonly people: People;
  readonly windows: Windows;
  readonly positions: Positions;
}
type Value = Readonly<Record<string, unknown>>;
type Take = (value: Value, reading: Reading, parts: Parts) => Promise<void>;

const fields: Readonly<Record<string, Take>> = {
  messages: takeMessages,
  smb_message_echoes: (value, reading, { people }) =>
    each(value['message_echoes'], (item) => takeMessage(item, { reading, people, own: true })),
  user_preferences: (value, reading, { people }) =>
    each(value['user_preferences'], (item) => takePreference(item, reading, people)),
  calls: (value, reading, { people }) => each(value['calls'], (item) => takeCall(item, reading, people)),
  group_lifecycle_update: takeGroups,
  group_settings_update: takeGroups,
  group_participants_update: takeGroups,
  group_status_update: takeGroups,
};

export class Inbound {
  readonly #parts: Parts;
  readonly #inOrder = new InOrder();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Bodies are read, and asked to be recorded, in the order in which they came. @throws when it is not on record */
  receive(body: Uint8Array): Promise<void> {
    return this.#inOrder.take(
      () => this.#read(body),
      (taken) => this.#record(taken),
    );
  }

  async #record(taken: Taken): Promise<void> {
    const { ctx, windows, positions } = this.#parts;
    const { events, heard, updates } = taken;
    const kv = [...taken.kv, ...windows.edits(heard, ctx.clock.now())];
    const asked: Promise<void>[] = [];
    if (events.length > 0 || kv.length > 0) asked.push(ctx.ingest(events, kv));
    for (const update of updates) asked.push(ctx.outcome(update, positions.edits(update)));
    await Promise.all(asked);
    windows.noted(heard, ctx.clock.now());
    for (const update of updates) positions.noted(update);
  }

  async #read(body: Uint8Array): Promise<Taken> {
    const { clock } = this.#parts.ctx;
    const taken = nothingTaken();
    const raw = rawOf(body);
    const text = Buffer.from(body).toString('utf8');
    const read = envelope.safeParse(isShallow(text) ? parseJson(text) : undefined);
    if (!read.success) {
      const id = contentId('unread', Buffer.from(body).toString('base64'));
      const what = 'a webhook that is none of a WhatsApp account';
      taken.events.push({ kind: 'unsupported', what, id, sure: true, at: clock.now(), raw: body });
    }
    for (const item of read.data?.entry ?? []) await this.#entry(item, taken, raw);
    return taken;
  }

  async #entry(item: unknown, taken: Taken, raw: Reading['raw']): Promise<void> {
    const read = entryShape.safeParse(item);
    if (!read.success) {
      this.#unread(item, taken, raw);
      return;
    }
    for (const one of read.data.changes) {
      const changed = changeShape.safeParse(one);
      if (changed.success) await this.#change(changed.data, { taken, raw, of: read.data });
      else this.#unread(one, taken, raw);
    }
  }

  async #change(
    { field, value }: { readonly field: string; readonly value: Value },
    at: { readonly taken: Taken; readonly raw: Reading['raw']; readonly of: z.output<typeof entryShape> },
  ): Promise<void> {
    const { ctx, lines, windows } = this.#parts;
    const { taken, raw, of } = at;
    const told = { id: of.id, time: of.time };
    const now = ctx.clock.now();
    const notice = accountNotice({ field, value, of: told }, now, raw(value));
    const line = lines.get(metadata.safeParse(value['metadata']).data?.phone_number_id ?? '');
    const take = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (notice !== undefined) taken.events.push(notice);
    else if (line === undefined || take === undefined) this.#unread({ field, value, of: told }, taken, raw);
    else {
      const last: Reading['last'] = (chat) => windows.last(line, chat);
      await take(value, { line, contacts: contactsIn(value), now, raw, last, taken }, this.#parts);
    }
  }

  /** On record as what it is: a number that is no line's, a field that was added since. */
  #unread(item: unknown, taken: Taken, raw: Reading['raw']): void {
    const what = 'something that WhatsApp tells and that belongs to no line';
    const base = { id: contentId('unread', item), sure: true, at: this.#parts.ctx.clock.now(), raw: raw(item) };
    taken.events.push({ ...base, kind: 'unsupported', what });
  }
}

async function takeMessages(value: Value, reading: Reading, { people }: Parts): Promise<void> {
  await each(value['messages'], (item) => takeMessage(item, { reading, people, own: false }));
  await each(value['statuses'], (item) => takeStatus(item, reading, people));
  const alone = value['messages'] === undefined && value['statuses'] === undefined;
  const [error] = errorsIn(value);
  if (error !== undefined) accountError(error, reading, value);
  else if (alone) lost(value, 'a webhook without messages', reading);
}

function takeGroups(value: Value, reading: Reading): Promise<void> {
  return each(value['groups'], (item) => {
    takeGroup(item, reading);
    return Promise.resolve();
  });
}

async function each(items: unknown, take: (item: unknown) => Promise<void>): Promise<void> {
  for (const item of Array.isArray(items) ? items : []) await take(item);
}

function rawOf(body: Uint8Array): Reading['raw'] {
  let given = 0;
  return (item) => {
    given += body.length;
    return given === body.length || given <= wholeMostBytes ? body : Buffer.from(JSON.stringify(item));
  };
}
