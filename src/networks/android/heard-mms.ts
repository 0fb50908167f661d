/**
 * Picture messages that the app called us with: it told more of them than its list does, and often brought their bytes,
 * which wait here until they are fetched. Notes and bytes commit with the message.
 */
import type { Millis } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit } from '../../core/ports/connector.ts';
import type { Heard } from './events.ts';

const NOTE = 'mms-heard/';
const BYTES = 'mms-bytes/';
/** The list is asked for a month at most by itself. */
const NOTE_KEPT_MS = 400 * 86_400_000;
/** By then they were fetched, or can't be. */
const BYTES_KEPT_MS = 7 * 86_400_000;

export class HeardMms {
  readonly #ctx: Pick<ConnectorContext, 'kv' | 'clock'>;

  constructor(ctx: Pick<ConnectorContext, 'kv' | 'clock'>) {
    this.#ctx = ctx;
  }

  edits({ event, inline }: Heard, at: Millis): readonly KvEdit[] {
    if (event.kind !== 'message' || !event.id.startsWith('mms/')) return [];
    const bytes = inline.map(({ ref, base64 }): KvEdit => ({ key: BYTES + ref, value: Buffer.from(base64, 'base64') }));
    return [{ key: NOTE + event.id, value: Buffer.from(String(at)) }, ...bytes];
  }

  async has(id: string): Promise<boolean> {
    return (await this.#ctx.kv.get(NOTE + id)) !== undefined;
  }

  bytesOf(ref: string): Promise<Uint8Array | undefined> {
    return this.#ctx.kv.get(BYTES + ref);
  }

  /** Bytes go by the time of the message that their name holds. */
  async forgetOld(): Promise<void> {
    const { kv, clock } = this.#ctx;
    const now = clock.now();
    const notes = (await kv.list(NOTE)).filter(({ value }) => !(timeIn(value) >= now - NOTE_KEPT_MS));
    const recent = (await kv.list(NOTE)).filter(({ value }) => timeIn(value) >= now - BYTES_KEPT_MS);
    const kept = new Set(recent.map(({ key }) => key.slice(NOTE.length)));
    const bytes = (await kv.list(BYTES)).filter(({ key }) => !kept.has(key.slice(key.indexOf('@') + 1)));
    const gone = [...notes, ...bytes];
    if (gone.length > 0) await kv.apply(gone.map(({ key }) => ({ key, value: null })));
  }
}

function timeIn(value: Uint8Array): number {
  return Number(Buffer.from(value).toString('utf8'));
}
