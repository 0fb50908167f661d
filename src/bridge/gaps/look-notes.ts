/** What is remembered from look to look, with the journal's own notes: a restored backup brings its own back. */
import { z } from 'zod';
import { must, parseConnectorId, parseMillis, type Millis, type RoomId } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import { readKv } from '../../journal/kv-store.ts';
import type { GapDeps } from './gap-deps.ts';

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-gaps'));

const lookedShape = z.object({ at: z.custom<Millis>((value) => parseMillis(value).ok) });
const signShape = z.object({});
const walkedShape = z.object({
  /** Where the next older page begins; absent before the first one, and at the end. */
  from: z.string().optional(),
  done: z.boolean(),
});
export type WalkedBack = z.infer<typeof walkedShape>;

interface Notes {
  readonly journal: Pick<GapDeps['journal'], 'append' | 'views'>;
}

/** When the last whole look began, by our clock; undefined before the first. */
export async function lastWholeLook(deps: Notes): Promise<Millis | undefined> {
  return (await read('looked', lookedShape, deps))?.at;
}

export async function noteWholeLook(at: Millis, deps: Notes): Promise<void> {
  await deps.journal.append([], { kv: [note('looked', { at })] });
}

/** Whether the homeserver gave a sign of a restart of which no look has come to its end. */
export async function openSign(deps: Notes): Promise<boolean> {
  return (await read('sign', signShape, deps)) !== undefined;
}

export async function noteOpenSign(open: boolean, deps: Notes): Promise<void> {
  const change = open ? note('sign', {}) : { connector: OWNER, key: 'sign', value: null };
  await deps.journal.append([], { kv: [change] });
}

/** How far a room was walked back into the time before Gatehouse. */
export function walkedBack(room: RoomId, deps: Notes): Promise<WalkedBack | undefined> {
  return read(`walk-back/${room}`, walkedShape, deps);
}

export function walkedBackNote(room: RoomId, walked: WalkedBack): KvChange {
  return note(`walk-back/${room}`, walked);
}

function note(key: string, value: unknown): KvChange {
  return { connector: OWNER, key, value: Buffer.from(JSON.stringify(value)) };
}

async function read<T>(key: string, shape: z.ZodType<T>, { journal }: Notes): Promise<T | undefined> {
  const { views } = journal;
  const value = await views.read((reading) => readKv({ connector: OWNER, key }, reading, views.sealer));
  return value === undefined ? undefined : shape.parse(JSON.parse(Buffer.from(value).toString('utf8')));
}
