/**
 * Publishes the log: tiles, entry bundles and the signed checkpoint under `data/log`, from the committed records. The
 * checkpoint is written last, so that whoever reads it finds all that it covers; it never shrinks and never contradicts
 * an earlier one.
 */
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import { JournalDown, type Recorder } from '../../core/ports/recorder.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { openCheckpoint, signCheckpoint, type Checkpoint } from '../merkle/checkpoint.ts';
import { leafHash, sameHash } from '../merkle/hash.ts';
import type { NoteSigner } from '../merkle/signed-note.ts';
import { TileGrower, type TileBytes } from '../merkle/tile-grower.ts';
import { bundle, bundlePath, tilePath, TILE_WIDTH } from '../merkle/tiles.ts';
import { EarlierTiles } from './earlier-tiles.ts';
import { contradiction, type KnownCheckpoint } from './known-checkpoints.ts';
import { LogFileProblem, type LogFiles } from './log-files.ts';
import { CHECKPOINT_FILE, VKEY_FILE } from './log-names.ts';
import type { LogHead, LogSource } from './log-source.ts';
import { refusal, type LogRefusal } from './refusal.ts';

/** Something new is published this soon: well within the 60 s that are promised. */
const DELAY_MS = 20_000;

export interface PublisherOptions {
  readonly source: LogSource;
  readonly files: LogFiles;
  readonly signer: NoteSigner;
  /** Where each publication is put on record. */
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly log: Log;
  /** Folders below the log's own in which earlier epochs lie, the latest first: what is the same is not written again. */
  readonly earlier?: readonly string[];
  /** Further heads that are known outside: recorded ones, anchors. */
  readonly known?: readonly KnownCheckpoint[];
  /** Resolves when it is sure that no other record of this name went further: until then nothing is signed. */
  readonly sure?: Promise<void>;
}

export class LogPublisher implements AsyncDisposable {
  readonly #options: PublisherOptions;
  /** The published tree; undefined after a failure, until it is read again from the files. */
  #grower: TileGrower | undefined;
  /** The last publication, until it is known to be on record; after a start it may be or not. */
  #unrecorded: Checkpoint | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #closed = false;
  #sure: boolean;

  private constructor(options: PublisherOptions, grower: TileGrower, last: Checkpoint | undefined) {
    this.#options = options;
    this.#grower = grower;
    this.#unrecorded = last;
    this.#sure = options.sure === undefined;
    options.sure
      ?.then(() => {
        this.#sure = true;
        this.notice();
      })
      .catch(() => undefined);
  }

  /** Refuses to go on with a record that is behind, or contradicts, what was published of it. */
  static async open(options: PublisherOptions): Promise<Result<LogPublisher, LogRefusal>> {
    const { files, signer, source, known = [] } = options;
    const head = await source.head();
    const note = await files.readText(CHECKPOINT_FILE);
    const published = note === undefined ? undefined : openCheckpoint(note, signer);
    const where = 'data/log/checkpoint';
    if (published?.ok === false) return err(refusal('not-ours', where, { known: 0, now: head.size }));
    const checkpoints = published === undefined ? known : [{ ...published.value, where }, ...known];
    const tooNew = checkpoints.find((checkpoint) => checkpoint.size > head.size);
    if (tooNew !== undefined) return err(refusal('ahead', tooNew.where, { known: tooNew.size, now: head.size }));
    const grower = await publishedTree(published?.value, options);
    const problem = await contradiction(checkpoints, grower, options);
    if (problem !== undefined) return err(problem);
    await files.write(VKEY_FILE, `${signer.vkey}\n`);
    return ok(new LogPublisher(options, grower, published?.value));
  }

  /** Something was committed: it is published soon. */
  notice(): void {
    if (this.#closed || !this.#sure || this.#cancel !== undefined) return;
    this.#cancel = this.#options.clock.after(DELAY_MS, () => {
      this.#cancel = undefined;
      this.#running = this.publish().catch((error: unknown) => {
        this.#options.log.error('log.publish-failed', {}, error);
        this.notice();
      });
    });
  }

  /**
   * Publishes what is new, now; undefined when nothing is. Its own entry does not count as new.
   * @throws when it could not be written; what was published before stays as it was.
   */
  publish(): Promise<Checkpoint | undefined> {
    const next = this.#running.then(
      () => this.#publish(),
      () => this.#publish(),
    );
    this.#running = next.catch(() => undefined);
    return next;
  }

  /** Publishes the last records; where the journal can't be written any more, the next start does that. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel?.();
    try {
      await this.publish();
    } catch (error) {
      if (!(error instanceof JournalDown)) throw error;
    }
  }

  async #publish(): Promise<Checkpoint | undefined> {
    if (!this.#sure) return undefined;
    const { source, files, signer } = this.#options;
    if (this.#unrecorded !== undefined) await this.#record(this.#unrecorded);
    const head = await source.head();
    const grower = this.#grower ?? (await this.#reload());
    if (!(await isNew(head, grower.size, source))) return undefined;
    this.#grower = undefined;
    const full = await growTo(head, grower, this.#options);
    if (!sameHash(grower.root(), head.root)) {
      throw new LogFileProblem('the leaves do not make the tree kept beside them: run gatehouse verify');
    }
    await files.write(CHECKPOINT_FILE, signCheckpoint(head, signer));
    this.#grower = grower;
    for (const path of full) await files.removePartial(path);
    this.#unrecorded = { origin: signer.name, ...head };
    const checkpoint = this.#unrecorded;
    await this.#record(checkpoint);
    return checkpoint;
  }

  async #reload(): Promise<TileGrower> {
    const note = await this.#options.files.readText(CHECKPOINT_FILE);
    const published = note === undefined ? undefined : openCheckpoint(note, this.#options.signer);
    if (published?.ok === false) throw new LogFileProblem('data/log/checkpoint is not signed with our key');
    return publishedTree(published?.value, this.#options);
  }

  /** The same checkpoint again is the same entry: saying it twice adds nothing. */
  async #record(checkpoint: Checkpoint): Promise<void> {
    const { recorder, clock, log } = this.#options;
    const { origin, size } = checkpoint;
    const root = Buffer.from(checkpoint.root).toString('base64');
    await recorder.append([
      {
        kind: 'checkpoint.published',
        at: clock.now(),
        source: { system: 'gatehouse', id: `checkpoint/${origin}/${size}`, sure: true },
        body: { origin, size, root, where: 'data/log' },
      },
    ]);
    this.#unrecorded = undefined;
    log.info('log.published', { size });
  }
}

/** The published tree from its tiles or, where they were lost or changed, from the records. */
async function publishedTree(checkpoint: Checkpoint | undefined, options: PublisherOptions): Promise<TileGrower> {
  if (checkpoint === undefined) return TileGrower.empty();
  const kept = await TileGrower.restore(checkpoint.size, (tile) => options.files.tile(tile));
  if (kept !== undefined && sameHash(kept.root(), checkpoint.root)) return kept;
  options.log.warn('log.tiles-rewritten', { size: checkpoint.size });
  const again = TileGrower.empty();
  await growTo(checkpoint, again, options);
  return again;
}

async function isNew(head: LogHead, published: number, source: LogSource): Promise<boolean> {
  if (head.size <= published) return false;
  if (head.size > published + 1) return true;
  const [header] = await source.headers(published, published + 1);
  return header === undefined || !Buffer.from(header).toString('utf8').includes('"kind":"checkpoint.published"');
}

/** Writes the tiles and bundles from `grower` up to `head`; returns the paths of those that became full. */
async function growTo(
  head: { readonly size: number },
  grower: TileGrower,
  { source, files, earlier = [] }: Pick<PublisherOptions, 'source' | 'files' | 'earlier'>,
): Promise<readonly string[]> {
  const full: string[] = [];
  const before = new EarlierTiles(files, earlier);
  while (grower.size < head.size) {
    const index = Math.floor(grower.size / TILE_WIDTH);
    const start = index * TILE_WIDTH;
    const end = Math.min(start + TILE_WIDTH, head.size);
    const leaves = await source.leaves(start, end);
    const path = bundlePath({ index, width: end - start });
    const isFull = end - start === TILE_WIDTH && leaves.length === TILE_WIDTH;
    if (!(isFull && (await before.takeBundle(path, leaves)))) {
      const headers = await source.headers(start, end);
      assertWhole({ headers, leaves, count: end - start, start });
      await files.write(path, bundle(headers));
    }
    if (isFull) full.push(path);
    for (const tile of leaves.slice(grower.size - start).flatMap((leaf) => grower.append(leaf))) {
      const taken = await before.takeTile(tilePath(tile.tile), tile.bytes);
      full.push(taken ? tilePath(tile.tile) : await writeTile(tile, files));
    }
  }
  for (const tile of grower.partial()) await writeTile(tile, files);
  await before.settle();
  return full;
}

async function writeTile({ tile, bytes }: TileBytes, files: LogFiles): Promise<string> {
  const path = tilePath(tile);
  await files.write(path, bytes);
  return path;
}

function assertWhole(page: {
  readonly headers: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
  readonly count: number;
  readonly start: number;
}): void {
  const { headers, leaves, count, start } = page;
  if (headers.length !== count || leaves.length !== count) {
    throw new LogFileProblem(`records are missing after ${start}: run gatehouse verify`);
  }
  headers.forEach((header, i) => {
    const leaf = leaves[i];
    if (leaf === undefined || !sameHash(leafHash(header), leaf)) {
      throw new LogFileProblem(`record ${start + i + 1} does not match its leaf: run gatehouse verify`);
    }
  });
}
