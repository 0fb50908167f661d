/**
 * What the gateway calls each text of ours. The name is ours, and on disk before the gateway hears it: after a crash it
 * can be asked. It goes some time after the send ended; a position comes again only after a restore, and then with other
 * words: those are part of the name.
 */
import { createHash } from 'node:crypto';
import { parseRemoteId, must, type Position, type RemoteId } from '../../core/ids.ts';
import type { ConnectorContext, KvEdit } from '../../core/ports/connector.ts';
import type { OutboundMessage } from '../../core/ports/outbound.ts';

const PREFIX = 'sending/';
/** By then the core has put on record what it was told. */
const KEPT_MS = 10 * 60_000;
const EARLIER_KEPT_MS = 24 * 3_600_000;

interface Sending {
  readonly id: RemoteId;
  /** When the note may go, by our clock; absent while the send is under way. */
  until?: number;
}

export class Sendings {
  readonly #ctx: Pick<ConnectorContext, 'kv' | 'clock'>;
  readonly #notes = new Map<string, Sending>();

  constructor(ctx: Pick<ConnectorContext, 'kv' | 'clock'>) {
    this.#ctx = ctx;
  }

  /** Takes in the notes of an earlier process. */
  async load(): Promise<void> {
    const until = this.#ctx.clock.now() + EARLIER_KEPT_MS;
    for (const { key, value } of await this.#ctx.kv.list(PREFIX)) {
      const id = parseRemoteId(Buffer.from(value).toString('utf8'));
      if (id.ok) this.#notes.set(key.slice(PREFIX.length), { id: id.value, until });
    }
  }

  /** On disk when it resolves: the gateway may hear of it. */
  async begin(message: OutboundMessage): Promise<RemoteId> {
    const id = nameOf(message);
    const key = String(message.position);
    const gone = this.#over();
    await this.#ctx.kv.apply([...gone, { key: PREFIX + key, value: Buffer.from(id) }]);
    this.#notes.set(key, { id });
    return id;
  }

  end(position: Position): void {
    const note = this.#notes.get(String(position));
    if (note !== undefined) note.until = this.#ctx.clock.now() + KEPT_MS;
  }

  async tidy(): Promise<void> {
    const gone = this.#over();
    if (gone.length > 0) await this.#ctx.kv.apply(gone);
  }

  /** Undefined for one that isn't known, or not any more. */
  nameAt(position: string): RemoteId | undefined {
    return this.#notes.get(position)?.id;
  }

  #over(): KvEdit[] {
    const now = this.#ctx.clock.now();
    const over = [...this.#notes].filter(([, { until }]) => until !== undefined && until < now);
    return over.map(([position]) => {
      this.#notes.delete(position);
      return { key: PREFIX + position, value: null };
    });
  }
}

/** At most 36 characters. A later attempt is another text: somebody asked for it once more. */
function nameOf({ position, attempt, from, to, text, file }: OutboundMessage): RemoteId {
  const said = JSON.stringify([from, to, text, file?.sha256]);
  const print = createHash('sha256').update(said).digest('hex').slice(0, 10);
  return must(parseRemoteId(`gh${String(position)}.${String(attempt)}-${print}`));
}
