/** The keeping of files in its house: the real journal, task runner and disk, with a homeserver of the test's own. */
import { join } from 'node:path';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { keepFilesKind } from '../../../src/bridge/files/keep-files.ts';
import { filesWriterPart } from '../../../src/bridge/files/projections.ts';
import { removeOrphans } from '../../../src/bridge/files/remove-orphans.ts';
import type { Entry, EntryKind, EntryOf } from '../../../src/core/entry.ts';
import { must, parseEventId, parsePosition, parseRoomId, type Position, type UserId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { BlobStore } from '../../../src/journal/blobs/blob-store.ts';
import type { WriterPart } from '../../../src/journal/projection.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import { newPlace, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { DOMAIN, eventDraft, FakeHomeserver, user } from '../bridge/fake-homeserver.ts';

export const MAX_BYTES = 200_000;
export const fileUri = 'mxc://acme.example/picture';

/** Begins as a PNG does. */
export function pictureOfSize(bytes: number): Buffer {
  return Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(bytes - 16, 'dot')]);
}

export const fileParts: readonly WriterPart[] = [
  bridgeWriterPart({ domain: DOMAIN }),
  filesWriterPart({ domain: DOMAIN }),
];

export interface FilesHouse extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly homeserver: FakeHomeserver;
  readonly blobs: BlobStore;
  readonly log: KeptLog;
  readonly metrics: KeptMetrics;
  readonly test: TestJournal;
  readonly runner: TaskRunner;
  /** Where everything lies. */
  readonly dir: string;
  /** Puts an event on record, as either stream brings it, and lets follow what follows. */
  see(content: JsonObject, more?: SeenEvent): Promise<Position>;
  settle(): Promise<void>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
  /** Stops and starts again on the same disk; `between` is done while nothing runs. */
  restart(between?: () => Promise<void>): Promise<void>;
}

export interface SeenEvent {
  readonly id?: string;
  readonly type?: string;
  readonly state_key?: string;
  readonly room?: string;
  readonly sender?: UserId;
  readonly stream?: 'bridge' | 'archive';
}

interface Running {
  readonly test: TestJournal;
  readonly runner: TaskRunner;
}

export type MadePlace = Awaited<ReturnType<typeof newPlace>>;

/** `at`: on a disk that was used before; what was left to do begins at once, with the `files` that the homeserver has. */
export async function openFilesHouse(
  on: { postgres?: TestPostgres | undefined; at?: MadePlace; files?: ReadonlyMap<string, Uint8Array> } = {},
): Promise<FilesHouse> {
  const made = on.at ?? (await newPlace(on.postgres));
  const clock = new ManualClock();
  const homeserver = new FakeHomeserver(clock);
  for (const [uri, bytes] of on.files ?? []) homeserver.files.set(uri, bytes);
  const blobs = new BlobStore(join(made.dir, 'blobs'));
  const [log, metrics] = [new KeptLog(), new KeptMetrics()];
  let seen = 0;

  const start = async (): Promise<Running> => {
    const test = await openTestJournal({ place: made.place, parts: fileParts, clock });
    const { journal } = test;
    const { views } = journal;
    const keeping = keepFilesKind({ ...{ homeserver, blobs, views, clock, metrics }, maxBytes: MAX_BYTES });
    const handlers = new Map([['file', keeping]]);
    await removeOrphans({ blobs, journal, log });
    const runner = createTaskRunner({ journal, handlers, clock, log, metrics, parallel: 8, random: () => 0 });
    runner.start();
    return { test, runner };
  };
  const stop = async ({ test, runner }: Running): Promise<void> => {
    await runner[Symbol.asyncDispose]();
    await test.close();
  };

  let running = await start();
  return {
    clock,
    homeserver,
    blobs,
    log,
    metrics,
    dir: made.dir,
    get test() {
      return running.test;
    },
    get runner() {
      return running.runner;
    },
    see: async (content, more = {}) => {
      seen += 1;
      const {
        id = `$seen${seen}`,
        type = 'm.room.message',
        room = '!room:acme.example',
        sender = user('alice'),
      } = more;
      const event = {
        event_id: must(parseEventId(id)),
        room_id: must(parseRoomId(room)),
        origin_server_ts: clock.now(),
        ...{ sender, type, content },
        ...(more.state_key === undefined ? {} : { state_key: more.state_key }),
      };
      const [appended] = await running.test.journal.append([eventDraft(event, more.stream)]);
      await running.runner.idle();
      if (appended === undefined) throw new Error('nothing was recorded');
      return appended.position;
    },
    settle: () => running.runner.idle(),
    entries: async (kind) => entriesOf(running.test, kind),
    restart: async (between) => {
      await stop(running);
      await between?.();
      running = await start();
      await running.runner.idle();
    },
    [Symbol.asyncDispose]: async () => {
      await stop(running);
      await made.remove();
    },
  };
}

async function entriesOf<K extends EntryKind>({ journal }: TestJournal, kind: K): Promise<readonly EntryOf<K>[]> {
  const size = await journal.size();
  const all = await journal.readMany(Array.from({ length: size }, (_, at) => must(parsePosition(at + 1))));
  return all.filter((entry): entry is Entry & EntryOf<K> => !('erased' in entry) && entry.kind === kind);
}
