/**
 * What statuses said of sends by our own position, which goes out as `biz_opaque_callback_data`: a process that died
 * between sending and the answer finds here what became of it.
 */
import { z } from 'zod';
import { parseRemoteId, type RemoteId } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import type { Kv, KvEdit, OutboundUpdate } from '../../core/ports/connector.ts';

/** The newest ones; a send is asked for by its position right after a crash, or never. */
export const positionsMax = 1_000;
const prefix = 'told:';
const stored = z.object({
  state: z.enum(['accepted', 'delivered', 'read', 'failed', 'expired', 'unknown']),
  id: z.string(),
  at: z.number(),
});

export interface ToldOf {
  readonly state: ReceiptState;
  readonly ids: readonly RemoteId[];
}

export class Positions {
  /** Oldest first. */
  readonly #told = new Map<string, ToldOf>();

  async load(kv: Kv): Promise<void> {
    const notes = (await kv.list(prefix)).flatMap(({ key, value }) => {
      const read = stored.safeParse(parseJson(Buffer.from(value).toString('utf8')));
      const id = parseRemoteId(read.data?.id);
      return read.success && id.ok
        ? [{ key, at: read.data.at, told: { state: read.data.state, ids: [id.value] } }]
        : [];
    });
    for (const { key, told } of notes.sort((a, b) => a.at - b.at)) this.#told.set(key.slice(prefix.length), told);
  }

  /** What has to be committed with an update. */
  edits(update: OutboundUpdate): readonly KvEdit[] {
    const position = positionIn(update);
    if (position === undefined || this.#next(position, update) === this.#told.get(position)) return [];
    const note = { state: update.state, id: update.remoteId, at: update.at };
    const oldest = this.#told.size < positionsMax ? undefined : this.#told.keys().next().value;
    return [
      { key: `${prefix}${position}`, value: Buffer.from(JSON.stringify(note)) },
      ...(oldest === undefined || oldest === position ? [] : [{ key: `${prefix}${oldest}`, value: null }]),
    ];
  }

  /** After that commit. */
  noted(update: OutboundUpdate): void {
    const position = positionIn(update);
    if (position === undefined) return;
    const told = this.#next(position, update);
    this.#told.delete(position);
    this.#told.set(position, told);
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= positionsMax) break;
      this.#told.delete(oldest);
    }
  }

  /** Somebody has it, whatever is told late. */
  #next(position: RemoteId, { state, remoteId }: OutboundUpdate): ToldOf {
    const before = this.#told.get(position);
    const stands = before !== undefined && (before.state === state || ['delivered', 'read'].includes(before.state));
    return stands ? before : { state, ids: [remoteId] };
  }

  of(position: RemoteId): ToldOf | undefined {
    return this.#told.get(position);
  }
}

function positionIn({ matches = [], remoteId }: OutboundUpdate): RemoteId | undefined {
  return matches.find((id) => id !== remoteId);
}
