/** A year and a month on record: made once by the writer itself under a clock of its own, and kept under `.cache/bench`. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import type { Draft } from '../../src/core/entry.ts';
import { must, parseClassId, parseMillis, type Millis } from '../../src/core/ids.ts';
import type { KeptClass } from '../../src/core/retention-entries.ts';
import { openWriter, type OpenWriter, type Place } from '../../src/journal/open-writer.ts';
import { digestOf } from '../../src/retention/classes/wanted.ts';
import { DAY_MS, SetClock } from '../support/retention-house.ts';
import { conversations, ROUND } from './families.ts';
import { allParts, type Ground } from './ground.ts';
import { say } from './say.ts';
import { messageDraft, openedDraft } from './traffic.ts';

const CACHE = resolve(import.meta.dirname, '../../.cache/bench');
const DATABASES = ['gatehouse.db', 'keys.db'];
const KEY = 'master.key';
const ROUNDS = 100;
const SAID_EVERY = 50_000;
const CONTACTS = 1_000;
const YEAR_MS = 365 * DAY_MS;
/** Of the record; a month of the year before is older than the class. */
const OVER = 0.08;

const year: KeptClass = {
  ...{ id: must(parseClassId('bench')), authority: 'the paragraph of the bench' },
  ...{ keep: { ms: YEAR_MS }, erase: { ms: YEAR_MS } },
};

export interface YearRecord {
  readonly place: Place;
  /** When its last entry was recorded: the first months of it are over then. */
  readonly end: Millis;
  readonly digest: string;
}

/** A copy of it, of `entries` records, in `ground`. */
export async function yearRecord(entries: number, { dir }: Pick<Ground, 'dir'>): Promise<YearRecord> {
  const kept = join(CACHE, `year-${String(entries)}`);
  if (!existsSync(kept)) await make(entries, kept);
  for (const name of DATABASES) await cp(join(kept, name), join(dir, name), { mode: constants.COPYFILE_FICLONE });
  const place = placeIn(dir, Uint8Array.from(await readFile(join(kept, KEY))));
  return { place, end: endOf(join(dir, 'gatehouse.db')), digest: digestOf(classes) };
}

const classes = { classes: [year], default: year.id, assignments: [] };

function placeIn(dir: string, masterKey: Uint8Array): Place {
  return {
    database: { dialect: 'sqlite', file: join(dir, 'gatehouse.db') },
    keysDatabase: { dialect: 'sqlite', file: join(dir, 'keys.db') },
    ...{ masterKey, defaultClass: year.id },
  };
}

/** An interrupted one is begun again. */
async function make(entries: number, kept: string): Promise<void> {
  const dir = `${kept}.new`;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const masterKey = Uint8Array.from(randomBytes(32));
  await writeFile(join(dir, KEY), masterKey, { mode: 0o600 });
  const span = YEAR_MS / (1 - OVER);
  const begin = Date.now() - span;
  const clock = new SetClock(Math.floor(begin));
  {
    await using writer = await openWriter(placeIn(dir, masterKey), allParts, { clock, committed: () => undefined });
    await begun(writer, clock);
    let said = 0;
    for (let size = 2 * CONTACTS + 1; size < entries; size += ROUNDS * ROUND) {
      clock.set(Math.floor(begin + (span * size) / entries));
      await writer.core.append(timed(conversations(ROUNDS, size + 1, CONTACTS), clock.now()));
      if (size < said + SAID_EVERY) continue;
      said = size;
      say(`record: ${String(size)} of ${String(entries)} entries`);
    }
  }
  ended(join(dir, 'gatehouse.db'));
  await rename(dir, kept);
}

async function begun({ core }: OpenWriter, clock: SetClock): Promise<void> {
  const source = { system: 'gatehouse', id: 'bench/classes', sure: true };
  const body = { ...classes, digest: digestOf(classes) };
  await core.append([{ kind: 'retention.classes', at: clock.now(), source, body }]);
  for (let contact = 0; contact < CONTACTS; contact += 1) {
    const [first] = await core.append(timed([messageDraft(contact)], clock.now()));
    if (first !== undefined) await core.append(timed([openedDraft(contact, first.position)], clock.now()));
  }
}

/** As if each had happened when it was recorded. */
function timed(drafts: readonly Draft[], at: Millis): readonly Draft[] {
  return drafts.map((draft) => ({ ...draft, at }));
}

/** What follows from the entries was done long ago. */
function ended(file: string): void {
  const db = new Sqlite(file);
  db.exec(`update task set state = 'done', head = 0 where state = 'ready'`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

function endOf(file: string): Millis {
  const db = new Sqlite(file, { readonly: true });
  try {
    const row = db.prepare('select recorded_at from entry order by position desc limit 1').get();
    return must(parseMillis(z.object({ recorded_at: z.number() }).parse(row).recorded_at));
  } finally {
    db.close();
  }
}
