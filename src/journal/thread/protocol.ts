/** What the main thread and the writer thread say to each other. Both ends are ours; both check all the same. */
import { z } from 'zod';
import type { Draft } from '../../core/entry.ts';
import type { Also, Appended } from '../../core/ports/recorder.ts';
import { databaseOptions } from '../../storage/open-database.ts';
import { classId, position } from '../entries/ids.ts';
import type { Committed } from '../journal.ts';

/** Bodies are checked where they are recorded. */
const draft = z.custom<Draft>((value) => typeof value === 'object' && value !== null && 'kind' in value);
const also = z.custom<Also>((value) => typeof value === 'object' && value !== null);

const place = z.object({
  database: databaseOptions,
  keysDatabase: databaseOptions,
  masterKey: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  defaultClass: classId,
});

export const toWriter = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open'), place }),
  z.object({
    type: z.literal('append'),
    appends: z.array(z.object({ id: z.number(), drafts: z.array(draft), also })),
  }),
  z.object({ type: z.literal('erase-keys'), id: z.number(), positions: z.array(position) }),
  z.object({ type: z.literal('scrub'), id: z.number() }),
  z.object({ type: z.literal('close') }),
]);
export type ToWriter = z.infer<typeof toWriter>;

const failureName = z.enum(['JournalDown', 'AppendRefused', 'Error']);
export type FailureName = z.infer<typeof failureName>;

export const fromWriter = z.discriminatedUnion('type', [
  z.object({ type: z.literal('opened') }),
  z.object({ type: z.literal('not-opened'), name: z.string(), message: z.string() }),
  z.object({ type: z.literal('committed'), committed: z.custom<Committed>((value) => typeof value === 'object') }),
  z.object({
    type: z.literal('appended'),
    id: z.number(),
    appended: z.custom<readonly Appended[]>((value) => Array.isArray(value)),
  }),
  /** `whole`: of a scrub, whether nothing of either log is left. */
  z.object({ type: z.literal('erased'), id: z.number(), whole: z.boolean() }),
  z.object({ type: z.literal('refused'), id: z.number(), name: failureName, message: z.string() }),
  /** The disk failed what was written to it: this process must not try again. */
  z.object({ type: z.literal('broken'), message: z.string() }),
  z.object({ type: z.literal('closed') }),
]);
export type FromWriter = z.infer<typeof fromWriter>;
