/**
 * The files of a network's message, as the room sees them: waited for a little, then shown with it, or said to be missing
 * and shown later. A file is seen only when its bytes are on record and no scanner objects.
 */
import { leftOf, wait, type Clock } from '../../core/clock.ts';
import type { StoredFile } from '../../core/entry.ts';
import type { UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Attachment } from '../../core/network-entries.ts';
import type { Done, Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { BlobDamaged, type BlobStore } from '../../journal/blobs/blob-store.ts';
import { bareType, fileContent, shownKind, type ShownEvent } from './file-content.ts';
import { fileName } from './file-name.ts';
import {
  fileStates,
  standingOf,
  type FileJournal,
  type FileState,
  type Standing,
  type Unscanned,
} from './file-states.ts';
import { fileWords } from './file-words.ts';
import { attachmentsOf, type WithAttachments } from './network-files.ts';

/** From when the message is on record: long enough for most files, short enough for the words that came with them. */
const PATIENCE_MS = 60_000;
const LOOK_MS = { least: 200, most: 3_000 };

export interface MessageFilesDeps {
  readonly journal: FileJournal;
  readonly homeserver: Pick<Homeserver, 'upload'>;
  readonly blobs: Pick<BlobStore, 'read'>;
  readonly clock: Clock;
  readonly unscanned: Unscanned;
}

interface FileToShow {
  readonly part: number;
  readonly attachment: Attachment;
  readonly state: FileState | undefined;
  readonly standing: Standing;
}

export interface FilesToShow {
  readonly files: readonly FileToShow[];
  /** Parts that follow when they are there: they belong in the outcome, which is what they follow from. */
  readonly lacking: readonly number[];
}

/** One room event of a message's files. */
export interface FilePart {
  /** `file-0`, `file-2-later`, ...: tells the events of one message apart; the file itself has another than words about it. */
  readonly part: string;
  /** Makes the content, uploading the file where there is one: asked only when the event isn't in the room yet. */
  readonly make: () => Done<ShownEvent>;
}

export interface Captioned {
  readonly as: UserId;
  /** The words that came with it, as an event has them (`body`, `formatted_body`, ...): stand with the only file. */
  readonly caption?: JsonObject | undefined;
}

export class MessageFiles {
  readonly #deps: MessageFilesDeps;

  constructor(deps: MessageFilesDeps) {
    this.#deps = deps;
  }

  /** What of its files is to be shown now; or until when to wait for them. */
  async ready(entry: WithAttachments, signal: AbortSignal): Promise<FilesToShow | { readonly until: Promise<void> }> {
    const files = await this.look(entry);
    const left = leftOf(PATIENCE_MS, entry.recordedAt, this.#deps.clock);
    if (left === 0 || !files.files.some(({ standing }) => standing === 'awaited')) return files;
    const waited = PATIENCE_MS - left;
    const ms = Math.min(left, LOOK_MS.most, Math.max(LOOK_MS.least, waited));
    return { until: wait(this.#deps.clock, ms, signal) };
  }

  /** As they stand now. */
  async look(entry: WithAttachments): Promise<FilesToShow> {
    const states = await fileStates(entry.position, this.#deps.journal);
    const files = attachmentsOf(entry).map(({ part, attachment }): FileToShow => {
      const state = states.get(part);
      return { part, attachment, state, standing: standingOf(state, this.#deps.unscanned) };
    });
    return { files, lacking: files.filter(mayCome).map(({ part }) => part) };
  }

  /** Whether the words stand with the file: it is the only one, it is shown, and its kind has room for words. */
  takesCaption({ files }: FilesToShow): boolean {
    const [only, ...others] = files;
    if (only?.state?.is !== 'kept' || only.standing !== 'fine' || others.length > 0) return false;
    return shownKind(only.attachment.kind, bareType(only.state.stored.body.type)) !== 'sticker';
  }

  /** In the order in which they came. */
  parts({ files }: FilesToShow, how: Captioned): readonly FilePart[] {
    return files.map((file) => ({ part: partName(file), make: () => this.#make(file, how) }));
  }

  /** Those of `parts` of which more can be said than that they haven't come. */
  come({ files, lacking }: FilesToShow, parts: readonly number[]): FilesToShow {
    return { files: files.filter((file) => parts.includes(file.part) && !isOpen(file)), lacking };
  }

  async #make(file: FileToShow, how: Captioned): Done<ShownEvent> {
    const { attachment, state, standing } = file;
    const words = fileWords(attachment, state, standing);
    if (words !== undefined || state?.is !== 'kept') return ok(notice(words ?? ''));
    return this.#upload({ attachment, stored: state.stored.body }, how);
  }

  async #upload(
    { attachment, stored }: { readonly attachment: Attachment; readonly stored: StoredFile },
    { as, caption }: Captioned,
  ): Done<ShownEvent> {
    const type = bareType(stored.type);
    const name = fileName(attachment.name, attachment.kind, type);
    const bytes = { size: stored.size, open: () => this.#deps.blobs.read(stored) };
    try {
      const url = await this.#deps.homeserver.upload({ as, name, type, bytes });
      if (url.ok) return ok(fileContent({ attachment, stored, url: url.value, caption }));
      return isRefused(url.error) ? ok(notShown(name, 'the homeserver does not take it', caption)) : url;
    } catch (error) {
      if (!(error instanceof BlobDamaged)) throw error;
      return ok(notShown(name, 'its bytes on disk are damaged', caption));
    }
  }
}

function partName({ part, state, standing }: FileToShow): string {
  if (standing === 'fine') return `file-${part}`;
  return `file-${part}-${state?.is === 'missing' ? state.why : standing}`;
}

/** It is tried on by itself. */
function isOpen({ state, standing }: FileToShow): boolean {
  if (standing === 'awaited' || standing === 'unchecked') return true;
  return state?.is === 'missing' && state.why === 'later';
}

/** What was given up may come all the same, when a person asks for it again. */
function mayCome(file: FileToShow): boolean {
  return isOpen(file) || (file.state?.is === 'missing' && file.state.why === 'gave-up');
}

/** The next try would end the same. */
function isRefused({ kind }: HomeserverFailure): boolean {
  return kind === 'too-large' || kind === 'refused';
}

function notice(body: string): ShownEvent {
  return { type: 'm.room.message', content: { msgtype: 'm.notice', body } };
}

/** The words that came with it are shown all the same. */
function notShown(name: string, why: string, caption: JsonObject | undefined): ShownEvent {
  const words = `📎 ${name} is not shown: ${why}. It is on record; ask compliance.`;
  if (typeof caption?.['body'] !== 'string') return notice(words);
  return { type: 'm.room.message', content: { msgtype: 'm.text', body: `${caption['body']}\n${words}` } };
}
