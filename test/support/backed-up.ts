/** A data folder with a published record in it, and backups of it: what a restore is tried on. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import type { Draft } from '../../src/core/entry.ts';
import { must, parseClassId } from '../../src/core/ids.ts';
import { makeBackup, type BackupOptions, type MadeBackup } from '../../src/journal/backup/make-backup.ts';
import { BlobStore } from '../../src/journal/blobs/blob-store.ts';
import { createDatabaseLog } from '../../src/journal/log/database-log.ts';
import { earlierLogs } from '../../src/journal/log/earlier-logs.ts';
import { epochsIn } from '../../src/journal/log/epochs.ts';
import { LogFiles } from '../../src/journal/log/log-files.ts';
import { LogPublisher } from '../../src/journal/log/publisher.ts';
import { originOf } from '../../src/journal/merkle/checkpoint.ts';
import { createNoteSigner, type NoteSigner } from '../../src/journal/merkle/signed-note.ts';
import type { OpenJournal } from '../../src/journal/open-journal.ts';
import type { Place } from '../../src/journal/open-writer.ts';
import type { WriterPart } from '../../src/journal/projection.ts';
import { verifyJournal, type Verdict } from '../../src/journal/verify.ts';
import { noteDraft, openTestJournal, type TestJournal } from './journal.ts';
import { KeptLog } from './quiet.ts';

export const DOMAIN = 'acme.example';
export const MASTER_KEY = new Uint8Array(32).fill(7);
const DAY_MS = 86_400_000;

export class Installed implements AsyncDisposable {
  readonly dir: string;
  readonly data: string;
  readonly to: string;
  readonly place: Place;
  readonly #parts: readonly WriterPart[];
  #opened: TestJournal | undefined;

  private constructor(dir: string, parts: readonly WriterPart[]) {
    this.dir = dir;
    this.#parts = parts;
    this.data = join(dir, 'data');
    this.to = join(dir, 'backup');
    this.place = {
      database: { dialect: 'sqlite', file: join(this.data, 'gatehouse.db') },
      keysDatabase: { dialect: 'sqlite', file: join(this.data, 'keys.db') },
      masterKey: MASTER_KEY,
      defaultClass: must(parseClassId('test-class')),
    };
  }

  static async make(parts: readonly WriterPart[] = []): Promise<Installed> {
    const installed = new Installed(await mkdtemp(join(tmpdir(), 'gatehouse-backup-')), parts);
    await mkdir(installed.data);
    return installed;
  }

  get blobs(): BlobStore {
    return new BlobStore(join(this.data, 'blobs'));
  }

  get files(): LogFiles {
    return new LogFiles(join(this.data, 'log'));
  }

  async journal(): Promise<OpenJournal> {
    this.#opened ??= await openTestJournal({ place: this.place, parts: this.#parts });
    return this.#opened.journal;
  }

  /** As at shutdown. */
  async close(): Promise<void> {
    await this.#opened?.close();
    this.#opened = undefined;
  }

  async record(...drafts: readonly Draft[]): Promise<void> {
    await (await this.journal()).append(drafts.length === 0 ? [noteDraft('a note')] : drafts);
  }

  async signer(): Promise<NoteSigner> {
    const journal = await this.journal();
    const epochs = await journal.views.read(epochsIn);
    return createNoteSigner(originOf(DOMAIN, epochs.at(-1)?.epoch ?? 1), journal.keys.signing);
  }

  async publish(): Promise<void> {
    const journal = await this.journal();
    const opened = await LogPublisher.open({
      ...{ source: createDatabaseLog(journal.database), files: this.files, signer: await this.signer() },
      ...{ recorder: journal, clock: systemClock, log: new KeptLog() },
    });
    if (!opened.ok) throw new Error(opened.error.message);
    await opened.value.publish();
  }

  async verify(): Promise<Verdict> {
    const journal = await this.journal();
    const epochs = await journal.views.read(epochsIn);
    const earlier = earlierLogs(epochs, { domain: DOMAIN, signing: journal.keys.signing });
    const { files, blobs } = this;
    return verifyJournal(journal, { verifier: await this.signer(), earlier, files, blobs });
  }

  async backup(more: Partial<BackupOptions> = {}): Promise<MadeBackup> {
    const journal = await this.journal();
    return makeBackup({
      ...{ from: this.data, to: this.to, domain: DOMAIN, signing: journal.keys.signing, version: '9.9.9' },
      ...{ config: 'digest', keepKeysMs: 30 * DAY_MS, clock: systemClock, progress: () => undefined },
      signal: new AbortController().signal,
      ...more,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}
