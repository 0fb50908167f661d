/**
 * Where a provider fetches the files that we send by a link: at our own webhooks listener, by a word that nobody can guess.
 * The word is all there is. Sealed with a key of the house it says which file of which message, until when, and for which
 * connector, so it holds after a kill as before it and nothing is kept in memory. What is given is looked up on record each
 * time: of an erased message nothing is given any more, nor of a file in which malware was found since.
 */
import { after, parsePosition, type ConnectorId, type Position } from '../../core/ids.ts';
import type { Clock } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { FollowedLink } from '../../core/ports/webhook.ts';
import type { BlobStore } from '../../journal/blobs/blob-store.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { fileStates, standingOf, type FileJournal, type Unscanned } from './file-states.ts';
import { sentAs, sentFile } from './sent-file.ts';

/** What is sealed: position, milliseconds, hex. */
const SEALED = /^(\d{1,16}) (\d{1,16}) ([0-9a-f]{64})$/u;
/** Of a word, in characters: ours have at most 160. */
const LONGEST = 300;

export interface FileLinksDeps {
  readonly journal: FileJournal;
  readonly blobs: Pick<BlobStore, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly unscanned: Unscanned;
  /** Where providers reach a connector's webhook; undefined where the config has no `publicUrl`. */
  readonly webhookUrl: (connector: ConnectorId) => string | undefined;
}

/** A file that goes out. */
export interface LinkedTo {
  readonly connector: ConnectorId;
  /** The entry that names it: the message in its version of now. */
  readonly of: Position;
  /** Of its bytes: after a restore another message may stand at the same position. */
  readonly sha256: string;
}

export class FileLinks {
  readonly #deps: FileLinksDeps;

  constructor(deps: FileLinksDeps) {
    this.#deps = deps;
  }

  /** @returns the address, good for `openMs` by the wall clock @throws Error where the config has no `publicUrl` */
  to({ connector, of, sha256 }: LinkedTo, openMs: number): string {
    const { clock, journal, webhookUrl } = this.#deps;
    const url = webhookUrl(connector);
    if (url === undefined) throw new Error('publicUrl is missing: providers fetch files there');
    const until = after(clock.now(), openMs);
    const sealed = journal.views.sealer.seal(contextOf(connector), `${of} ${until} ${sha256}`);
    return `${url}?file=${Buffer.from(sealed).toString('base64url')}`;
  }

  /** @throws JournalDown, DatabaseDown: it can't be looked up now */
  readonly follow = async (connector: ConnectorId, word: string): Promise<FollowedLink> => {
    const { clock, journal, unscanned, blobs } = this.#deps;
    const named = opened(word, connector, journal.views.sealer);
    if (named === undefined) return { is: 'unknown' };
    if (named.until <= clock.now()) return { is: 'gone' };
    const message = await this.#message(named.of);
    const sent = message === undefined ? undefined : sentFile(message.body);
    const state = sent === undefined ? undefined : (await fileStates(named.of, journal)).get(sent.part);
    if (sent === undefined || state?.is !== 'kept' || standingOf(state, unscanned) !== 'fine') return { is: 'gone' };
    const { body: stored } = state.stored;
    if (stored.sha256 !== named.sha256) return { is: 'gone' };
    return { is: 'file', file: { ...sentAs(sent, stored), open: () => blobs.read(stored) } };
  };

  async #message(of: Position): Promise<EntryOf<'matrix.event'> | undefined> {
    const entry = await this.#deps.journal.read(of);
    return entry === undefined || 'erased' in entry || entry.kind !== 'matrix.event' ? undefined : entry;
  }
}

interface Named {
  readonly of: Position;
  readonly until: number;
  readonly sha256: string;
}

/** Authenticated with it, so that a word made for one connector's address opens nothing at another's. */
function contextOf(connector: ConnectorId): string {
  return `file.link.${connector}`;
}

/** Undefined for what was not made here, to the last character: AES-GCM compares its tag in constant time. */
function opened(word: string, connector: ConnectorId, sealer: Sealer): Named | undefined {
  const sealed = word.length > LONGEST ? Buffer.alloc(0) : Buffer.from(word, 'base64url');
  if (sealed.toString('base64url') !== word) return undefined;
  const [, of, until, sha256] = SEALED.exec(unsealed(sealed, connector, sealer)) ?? [];
  const position = parsePosition(Number(of));
  return position.ok && sha256 !== undefined ? { of: position.value, until: Number(until), sha256 } : undefined;
}

function unsealed(sealed: Uint8Array, connector: ConnectorId, sealer: Sealer): string {
  try {
    return sealer.open(contextOf(connector), sealed);
  } catch {
    return '';
  }
}
