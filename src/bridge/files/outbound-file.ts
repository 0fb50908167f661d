/**
 * The file of a staff member's message, ready to be sent: its bytes are on record, no scanner objects, and the line can
 * carry it. Asked before each attempt; it changes nothing, and says the same after a crash.
 */
import { wait, type Clock } from '../../core/clock.ts';
import type { MatrixEvent, StoredFile } from '../../core/entry.ts';
import type { FailureKind } from '../../core/failures.ts';
import type { ConnectorId, Position } from '../../core/ids.ts';
import type { FileKind } from '../../core/network-entries.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { OutboundFile } from '../../core/ports/outbound.ts';
import type { BlobStore } from '../../journal/blobs/blob-store.ts';
import { filesOf } from './event-files.ts';
import { fit, mayFit, type NoFit } from './file-fit.ts';
import type { FileLinks } from './file-links.ts';
import { fileStates, standingOf, type FileJournal, type FileState, type Unscanned } from './file-states.ts';
import { sentAs, sentFile, type SentFile } from './sent-file.ts';

const LOOK_AGAIN_MS = 1_000;
/** A scanner that is away comes back in minutes, not seconds. */
const CHECK_AGAIN_MS = 15_000;

export interface OutboundFilesDeps {
  readonly journal: FileJournal;
  readonly blobs: Pick<BlobStore, 'read'>;
  readonly clock: Clock;
  readonly unscanned: Unscanned;
  readonly links: Pick<FileLinks, 'to'>;
}

export interface FileAsked {
  /** Who sends it. */
  readonly connector: ConnectorId;
  /** The entry of the message in its version of now: the edit's own where it was edited. */
  readonly of: Position;
  readonly event: MatrixEvent;
  readonly capabilities: Pick<Capabilities, 'file'>;
  /** Where else the customer could be sent it, in words (`otherWay`): asked where this line can't. */
  readonly elsewhere?: (kind: FileKind) => Promise<string | undefined>;
  readonly signal: AbortSignal;
}

export type FileAnswer =
  | { readonly is: 'none' }
  /** `captioned`: words came with it. Where the features' `caption` is not above 0 the message is refused (outbound/saying.ts). */
  | { readonly is: 'file'; readonly file: OutboundFile; readonly captioned: boolean }
  /** Not on record or not checked yet: ask again then. Nothing is counted against the message. */
  | { readonly is: 'wait'; readonly until: Promise<void> }
  | { readonly is: 'refused'; readonly reason: FailureKind; readonly detail: string };

export class OutboundFiles {
  readonly #deps: OutboundFilesDeps;

  constructor(deps: OutboundFilesDeps) {
    this.#deps = deps;
  }

  async of(asked: FileAsked): Promise<FileAnswer> {
    const sent = sentFile(asked.event);
    if (sent === undefined) return { is: 'none' };
    if (!mayFit(sent.kind, asked.capabilities)) {
      const elsewhere = await asked.elsewhere?.(sent.kind);
      return unfit({ why: 'unsupported' }, { sent, type: sent.said ?? '', elsewhere });
    }
    const named = filesOf(asked.event).find(({ part }) => part === sent.part);
    if (named === undefined) return refused('file-missing', 'there is none in the message');
    if (named.encrypted) return refused('unsupported', 'encrypted files');
    const state = (await fileStates(asked.of, this.#deps.journal)).get(sent.part);
    const early = this.#early(state, asked.signal);
    if (early !== undefined) return early;
    return state?.is === 'kept' ? this.#fitted(state.stored.body, sent, asked) : { is: 'none' };
  }

  /** Undefined for one that may go. */
  #early(state: FileState | undefined, signal: AbortSignal): FileAnswer | undefined {
    const { clock, unscanned } = this.#deps;
    switch (standingOf(state, unscanned)) {
      case 'fine':
        return undefined;
      case 'awaited':
        return { is: 'wait', until: wait(clock, LOOK_AGAIN_MS, signal) };
      case 'unchecked':
        return { is: 'wait', until: wait(clock, CHECK_AGAIN_MS, signal) };
      case 'malware':
        return refused('media-unsafe', foundIn(state));
      case 'uncheckable':
        return refused('media-unsafe', "the malware check can't read it");
      case 'missing':
        return missing(state);
    }
  }

  async #fitted(stored: StoredFile, sent: SentFile, asked: FileAsked): Promise<FileAnswer> {
    const { capabilities, elsewhere, connector, of } = asked;
    const as = sentAs(sent, stored);
    const { type, size, sha256 } = as;
    const kind = fit({ kind: sent.kind, type, size }, capabilities);
    if (!kind.ok) return unfit(kind.error, { sent, type, elsewhere: await elsewhere?.(sent.kind) });
    const lasting = sent.durationMs === undefined ? {} : { durationMs: sent.durationMs };
    const open = (): AsyncIterable<Uint8Array> => this.#deps.blobs.read(stored);
    const link = (openMs: number): string => this.#deps.links.to({ connector, of, sha256 }, openMs);
    return {
      is: 'file',
      file: { kind: kind.value, ...as, ...lasting, open, link },
      captioned: sent.caption !== undefined,
    };
  }
}

function foundIn(state: FileState | undefined): string {
  return (state?.is === 'kept' ? state.scan?.detail : undefined) ?? 'malware';
}

function missing(state: FileState | undefined): FileAnswer {
  const why = state?.is === 'missing' ? state.why : 'not-found';
  if (why === 'too-large') return refused('file-missing', 'it is larger than we keep: send a smaller one, or a link');
  return refused('file-missing', why === 'not-found' ? 'the homeserver has no such file' : 'the homeserver refused it');
}

/** What each kind is called where a line can't carry it. */
export const kindWords: Readonly<Record<SentFile['kind'], string>> = {
  image: 'pictures',
  video: 'videos',
  audio: 'audio files',
  voice: 'voice messages',
  animation: 'animations',
  sticker: 'stickers',
  file: 'files',
};

interface Unfit {
  readonly sent: SentFile;
  readonly type: string;
  readonly elsewhere: string | undefined;
}

function unfit(no: NoFit, { sent, type, elsewhere }: Unfit): FileAnswer {
  const also = elsewhere === undefined ? '' : ` (${elsewhere})`;
  switch (no.why) {
    case 'unsupported':
      return refused('unsupported', `${kindWords[sent.kind]}${also}`);
    case 'type':
      return refused('unsupported', `${kindWords[sent.kind]} of this type, ${type}${also}`);
    case 'too-large':
      return refused('too-large', `${megabytes(no.most)} is the most${also}`);
  }
}

/** As people count them; rounded down, so that what is said to fit does. */
function megabytes(bytes: number): string {
  const mb = bytes / (1024 * 1024);
  return mb >= 1 ? `${Math.floor(mb * 10) / 10} MB` : `${Math.floor(bytes / 1024)} KB`;
}

function refused(reason: FailureKind, detail: string): FileAnswer {
  return { is: 'refused', reason, detail };
}
