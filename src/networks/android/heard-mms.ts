/**
 * Picture messages that the app called us with: it told more of them than its list does, and often brought their bytes,
 * which wait here until they are fetched. Notes and bytes commit with the message; a note names its bytes, so that they
 * go without a look at what else waits, however much that is and whatever comes meanwhile.
 */
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import type { Millis } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit } from '../../core/ports/connector.ts';
import type { Heard } from './events.ts';

const NOTE = 'mms-heard/';
const BYTES = 'mms-bytes/';
/** The list is asked for a month at most by itself. */
const NOTE_KEPT_MS = 400 * 86_400_000;
/** By then they were fetched, or can't be. */
const BYTES_KEPT_MS = 7 * 86_400_000;

/** `refs`: what its bytes are fetched by. */
const storedNote = z.object({ at: z.number(), refs: z.array(z.string()) });
type Note = z.output<typeof storedNote>;

export class HeardMms {
  readonly #ctx: Pick<ConnectorContext, 'kv' | 'clock'>;

  constructor(ctx: Pick<ConnectorContext, 'kv' | 'clock'>) {
    this.#ctx = ctx;
  }

  edits({ event, inline }: Heard, at: Millis): readonly KvEdit[] {
    if (event.kind !== 'message' || !event.id.startsWith('mms/')) return [];
    const bytes = inline.map(({ ref, base64 }): KvEdit => ({ key: BYTES + ref, value: Buffer.from(base64, 'base64') }));
    const note = { at, refs: inline.map(({ ref }) => ref) };
    return [{ key: NOTE + event.id, value: valueOf(note) }, ...bytes];
  }

  async has(id: string): Promise<boolean> {
    return (await this.#ctx.kv.get(NOTE + id)) !== undefined;
  }

  bytesOf(ref: string): Promise<Uint8Array | undefined> {
    return this.#ctx.kv.get(BYTES + ref);
  }

  async forgetOld(): Promise<void> {
    const { kv, clock } = this.#ctx;
    const now = clock.now();
    const edits = (await kv.list(NOTE)).flatMap(({ key, value }) => outdated(key, noteIn(value), now));
    if (edits.length > 0) await kv.apply(edits);
  }
}

/** What goes of a note and of what it names. */
function outdated(key: string, note: Note | undefined, now: Millis): readonly KvEdit[] {
  if (note === undefined) return [{ key, value: null }];
  const { at, refs } = note;
  if (at >= now - BYTES_KEPT_MS) return [];
  const bytes = refs.map((ref): KvEdit => ({ key: BYTES + ref, value: null }));
  if (at < now - NOTE_KEPT_MS) return [...bytes, { key, value: null }];
  return bytes.length === 0 ? [] : [...bytes, { key, value: valueOf({ at, refs: [] }) }];
}

function valueOf(note: Note): Uint8Array {
  return Buffer.from(JSON.stringify(note));
}

function noteIn(value: Uint8Array): Note | undefined {
  return storedNote.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data;
}
