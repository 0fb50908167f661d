import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft, DraftOf } from '../../../src/core/entry.ts';
import { must, noMillis, parsePosition, type Position } from '../../../src/core/ids.ts';
import { createDatabaseLog } from '../../../src/journal/log/database-log.ts';
import { LogFiles } from '../../../src/journal/log/log-files.ts';
import { LogPublisher } from '../../../src/journal/log/publisher.ts';
import { originOf, signCheckpoint } from '../../../src/journal/merkle/checkpoint.ts';
import { createNoteSigner } from '../../../src/journal/merkle/signed-note.ts';
import { CompactTree, leafHash } from '../../../src/journal/merkle/tree.ts';
import { openKeyRing } from '../../../src/journal/keys/key-ring.ts';
import { headerOf, type Range } from '../../../src/journal/reader.ts';
import { verifyJournal, type Verdict, type VerifyOptions } from '../../../src/journal/verify.ts';
import { openDatabase } from '../../../src/storage/open-database.ts';
import { definition } from '../../../src/storage/schema.ts';
import { erasedDraft, positionAt } from '../../support/erasing.ts';
import { newPlace, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { KeptLog } from '../../support/quiet.ts';
import { said } from '../../support/search.ts';

function runAt(run: number): Pick<DraftOf<'retention.erased'>, 'body'> {
  const { body } = erasedDraft([[20, 20]]);
  return { body: { ...body, run: positionAt(run) } };
}

function certificateOf(run: number): DraftOf<'retention.certificate'> {
  const head = { size: 0, root: '' };
  return {
    kind: 'retention.certificate',
    at: noMillis,
    source: { system: 'gatehouse', id: `certificate/${String(run)}`, sure: true },
    body: {
      ...{ run: positionAt(run), classes: '0'.repeat(64), until: noMillis, approvers: [], gone: [], stays: [] },
      ...{ stores: [], before: head, after: head, finalAt: noMillis, sha256: '0'.repeat(64), signature: '' },
    },
  };
}

// A guard against hanging, with room for a machine that is busy with other suites.
const serverOf = postgresForTests();

/** 40 records, published, then 5 more. */
class Record implements AsyncDisposable {
  readonly #opened: TestJournal;
  readonly #remove: () => Promise<void>;
  readonly directory: string;

  private constructor(opened: TestJournal, directory: string, remove: () => Promise<void>) {
    this.#opened = opened;
    this.directory = directory;
    this.#remove = remove;
  }

  static async make(dialect: 'sqlite' | 'postgres'): Promise<Record> {
    const made = await newPlace(serverOf(dialect));
    const opened = await openTestJournal({ place: made.place });
    const record = new Record(opened, join(made.dir, 'log'), made.remove);
    await opened.journal.append(Array.from({ length: 40 }, (_, i) => said(`text ${i}`)));
    const publisher = await LogPublisher.open({
      source: createDatabaseLog(opened.journal.database),
      files: new LogFiles(record.directory),
      signer: record.signer(),
      recorder: opened.journal,
      clock: systemClock,
      log: new KeptLog(),
    });
    if (!publisher.ok) throw new Error(publisher.error.message);
    await publisher.value.publish();
    await opened.journal.append(Array.from({ length: 4 }, (_, i) => said(`later ${i}`)));
    return record;
  }

  signer(): ReturnType<typeof createNoteSigner> {
    return createNoteSigner(originOf('acme.example'), this.#opened.journal.keys.signing);
  }

  verify(more: Partial<VerifyOptions> = {}): Promise<Verdict> {
    const files = new LogFiles(this.directory);
    return verifyJournal(this.#opened.journal, { verifier: this.signer(), files, ...more });
  }

  /** Something more is on record by the time that each page has been read. */
  verifyWhileWriting(): Promise<Verdict> {
    const { journal } = this.#opened;
    const { database, keys } = journal;
    const busy = {
      source: keys.source,
      entryKey: (position: Position) => keys.entryKey(position),
      entryKeys: async (range: Range) => {
        await journal.append([said('meanwhile')]);
        return keys.entryKeys(range);
      },
    };
    const options = { verifier: this.signer(), files: new LogFiles(this.directory) };
    return verifyJournal({ database, keys: busy }, options);
  }

  root(): Promise<{ size: number; root: Uint8Array }> {
    return createDatabaseLog(this.#opened.journal.database).head();
  }

  /** What somebody with the database password does. */
  async change(...texts: readonly string[]): Promise<void> {
    await using database = await openDatabase(this.#opened.place.database, 'write');
    await database.write(async (writing) => {
      for (const text of texts) await writing.run(definition(text), {});
    });
  }

  async append(...drafts: readonly Draft[]): Promise<void> {
    await this.#opened.journal.append(drafts);
  }

  async erase(position: number): Promise<void> {
    const { keysDatabase, masterKey } = this.#opened.place;
    await using keys = await openKeyRing(await openDatabase(keysDatabase, 'write'), masterKey, false);
    await keys.eraseEntryKeys([must(parsePosition(position))]);
  }

  /** Changes record 7 and makes every leaf and the kept tree anew, as somebody thorough would. */
  async rewrite(): Promise<void> {
    await this.change('update entry set at = at + 1 where position = 7');
    const range = { from: must(parsePosition(1)), to: must(parsePosition(45)) };
    const rows = await this.#opened.journal.reader.rows(range);
    const tree = CompactTree.empty();
    const leaves = rows.map((row) => leafHash(Buffer.from(headerOf(row))));
    for (const leaf of leaves) tree.append(leaf);
    await this.change(
      `update entry set leaf = ${this.bytes(leaves[6] ?? new Uint8Array(0))} where position = 7`,
      `update journal_head set tree = ${this.bytes(tree.save())}`,
    );
  }

  bytes(value: Uint8Array): string {
    const hex = Buffer.from(value).toString('hex');
    return this.#opened.place.database.dialect === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened.close();
    await this.#remove();
  }
}

/** What to set in a row, and what is said of it then. */
const changes: readonly (readonly [string, string])[] = [
  ['at = at + 1', 'leaf'],
  ["kind = 'network.unsupported'", 'leaf'],
  ["kind = 'nonsense'", 'cannot be read'],
  ['recorded_at = recorded_at - 1', 'leaf'],
  ["class = 'short-30d'", 'leaf'],
  ["direction = 'outbound'", 'leaf'],
  ['direction = null', 'leaf'],
  ['v = 2', 'leaf'],
  ["room = '!other:acme.example'", 'column room'],
  ["portal = 'p9'", 'column portal'],
  ["line = 'other'", 'column line'],
  ["contact = 'c9'", 'column contact'],
  ['echo_of = 3', 'column echo_of'],
  ['conflict_with = 3', 'column conflict_with'],
  ['possible_duplicate_of = 3', 'column possible_duplicate_of'],
  ['sure = 0', 'column sure'],
  ['sealed = (select sealed from entry where position = 8)', 'leaf'],
  ['commitment = leaf', 'leaf'],
  ['source = (select source from entry where position = 8)', 'leaf'],
  ['digest = (select digest from entry where position = 9), source = source', 'column digest'],
  ['leaf = commitment', 'leaf'],
  ['position = 700', 'missing'],
];

const root = z.string().length(44);

describe.each(['sqlite', 'postgres'] as const)('verifying on %s', (dialect) => {
  test('a sound record says what is covered', async () => {
    await using record = await Record.make(dialect);
    const seen: number[] = [];
    const verdict = await record.verify({ onProgress: (done) => seen.push(done) });
    expect(verdict).toEqual({
      ok: true,
      size: 45,
      root: verdict.root,
      covered: 40,
      uncovered: 5,
      erased: 0,
      firstBad: null,
    });
    expect(root.safeParse(verdict.root).success).toBe(true);
    expect(seen.at(-1)).toBe(45);
  });

  test('records that are appended while it verifies are no mistake', async () => {
    await using record = await Record.make(dialect);
    expect(await record.verifyWhileWriting()).toMatchObject({ ok: true, size: 45, firstBad: null });
    expect(await record.verify()).toMatchObject({ ok: true, size: 46 });
  });

  test('an erased record verifies by its leaf and is counted', async () => {
    await using record = await Record.make(dialect);
    await record.erase(12);
    expect(await record.verify()).toMatchObject({ ok: true, erased: 1, covered: 40 });
  });

  test('what is erased is explained by the entry that names it and by its certificate; the rest is told apart', async () => {
    await using record = await Record.make(dialect);
    await record.append(erasedDraft([[3, 5]], 'first'), erasedDraft([[10, 11]], 'second'), certificateOf(1));
    for (const position of [3, 4, 5, 10, 30]) await record.erase(position);
    expect(await record.verify()).toMatchObject({
      ok: true,
      erased: 5,
      gaps: { certified: 4, begun: 0, unexplained: 1, certificates: [48] },
    });
    await record.append({ ...erasedDraft([[20, 20]], 'third'), ...runAt(2) });
    await record.erase(20);
    expect(await record.verify()).toMatchObject({ ok: true, erased: 6, gaps: { certified: 4, begun: 1 } });
  });

  test('whatever is changed in a row is found, and where', async () => {
    await using record = await Record.make(dialect);
    await record.change('create table kept as select * from entry');
    for (const [set, what] of changes) {
      await record.change(`update entry set ${set} where position = 7`);
      const verdict = await record.verify();
      expect({ set, verdict }).toMatchObject({ set, verdict: { ok: false, firstBad: { position: 7 } } });
      expect(`${set}: ${verdict.firstBad?.what ?? ''}`).toContain(what);
      const back = 'insert into entry select * from kept where position = 7';
      await record.change('delete from entry where position in (7, 700)', back);
    }
    expect(await record.verify()).toMatchObject({ ok: true });
  });

  test('a record cut off the end, or put behind it, is found', async () => {
    await using record = await Record.make(dialect);
    await record.change('delete from entry where position = 45');
    expect(await record.verify()).toMatchObject({ ok: false, firstBad: { position: 45, what: 'it is missing' } });
    await using other = await Record.make(dialect);
    await other.change('update journal_head set position = 44');
    expect((await other.verify()).firstBad).toEqual({ position: 45, what: 'it is behind the end of the record' });
    const empty = other.bytes(CompactTree.empty().save());
    await other.change(`update journal_head set position = 45, tree = ${empty}`);
    const verdict = await other.verify();
    expect(verdict.firstBad?.what).toBe('the tree kept beside the records is not the one that the records make');
  });

  test('a tree rewritten after it was published is found by the files, by the record and by a kept checkpoint', async () => {
    await using record = await Record.make(dialect);
    const kept = signCheckpoint(await record.root(), record.signer());
    await record.rewrite();
    const byFiles = await record.verify();
    expect(byFiles).toMatchObject({ ok: false, firstBad: { position: 7 } });
    expect(byFiles.firstBad?.what).toContain('it is not what was published');
    // The published files are gone too: the entry that says what was published still knows.
    const alone = await record.verify({ files: new LogFiles(join(record.directory, 'none')) });
    expect(alone.firstBad?.what).toContain('the checkpoint in record 41');
    const mail = await record.verify({ checkpoints: [{ name: 'the checkpoint of Monday', text: kept }] });
    expect(mail.ok).toBe(false);
  });

  test('a kept checkpoint covers what it vouches for, and one of more records than there are is told', async () => {
    await using record = await Record.make(dialect);
    const head = await record.root();
    const name = 'monday.txt';
    const kept = await record.verify({ checkpoints: [{ name, text: signCheckpoint(head, record.signer()) }] });
    expect(kept).toMatchObject({ ok: true, covered: 45, uncovered: 0 });
    const later = signCheckpoint({ ...head, size: 50 }, record.signer());
    expect(await record.verify({ checkpoints: [{ name, text: later }] })).toMatchObject({
      ok: false,
      firstBad: { position: 46, what: 'it is missing: monday.txt covers 50 records, the database holds 45' },
    });
    const damaged = await record.verify({ checkpoints: [{ name, text: later.replace('50', '40') }] });
    expect(damaged.firstBad?.what).toContain('monday.txt is not signed with the key of this installation');
  });

  test.each(['tile/0/000.p/40', 'tile/entries/000.p/40'])('a changed byte in %s is found', async (path) => {
    await using record = await Record.make(dialect);
    const file = join(record.directory, path);
    const bytes = await readFile(file);
    bytes[700] = (bytes[700] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const verdict = await record.verify();
    expect(verdict.ok).toBe(false);
    expect(verdict.firstBad?.what).toContain(`data/log/${path}`);
    expect(verdict.firstBad?.what).toContain('the record itself is sound');
  });

  test('can be stopped', async () => {
    await using record = await Record.make(dialect);
    await expect(record.verify({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});
