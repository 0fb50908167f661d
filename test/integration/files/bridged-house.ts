/** The bridge with files: a real journal, runner and disk, with a homeserver, a network and a scanner of the test's own. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createBridge } from '../../../src/bridge/bridge.ts';
import { bringAgainHandlers, bringFilesKind } from '../../../src/bridge/files/bring-files.ts';
import { FileLinks } from '../../../src/bridge/files/file-links.ts';
import { eitherKind, keepFilesKind } from '../../../src/bridge/files/keep-files.ts';
import { lateFilesHandlers } from '../../../src/bridge/files/late-files.ts';
import { malwareHandlers } from '../../../src/bridge/files/malware-told.ts';
import { MessageFiles } from '../../../src/bridge/files/message-files.ts';
import { removeOrphans } from '../../../src/bridge/files/remove-orphans.ts';
import { scanAgainHandlers } from '../../../src/bridge/files/scan-again.ts';
import type { Unscanned } from '../../../src/bridge/files/file-states.ts';
import type { Entry, EntryKind, EntryOf, MatrixEvent } from '../../../src/core/entry.ts';
import {
  must,
  parsePosition,
  parseRemoteId,
  type ConnectorId,
  type Position,
  type RoomId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { FollowedLink } from '../../../src/core/ports/webhook.ts';
import type { Attachment } from '../../../src/core/network-entries.ts';
import type { FileFetched, FileWish } from '../../../src/core/ports/connector.ts';
import type { OutboundMessage, SendResult } from '../../../src/core/ports/outbound.ts';
import type { MalwareScanner, Scanned, ScannedFile } from '../../../src/core/ports/scanner.ts';
import { BlobStore } from '../../../src/journal/blobs/blob-store.ts';
import { createTaskRunner, type TaskRunner } from '../../../src/tasks/runner.ts';
import { newPlace, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { alice, ann, carrier, directoryOf, FakeConnector, sales } from '../bridge/house.ts';
import { eventDraft, FakeHomeserver } from '../bridge/fake-homeserver.ts';
import { fileParts, MAX_BYTES } from './house.ts';

const DOOR = 'https://gatehouse.example/webhooks/';

/** A network that has files, by what they are fetched by. */
export class FileNetwork extends FakeConnector {
  readonly files = new Map<string, Uint8Array>();
  /** Instead of the bytes, for as long as they are there: answered one by one. */
  readonly fetchAnswers: Exclude<FileFetched, { state: 'fetched' }>[] = [];
  readonly fetched: string[] = [];
  /** The bytes that were sent, by the file's name. */
  readonly sentBytes = new Map<string, Buffer>();

  override async send(message: OutboundMessage): Promise<SendResult> {
    const { file } = message;
    if (file !== undefined) {
      const pieces: Uint8Array[] = [];
      for await (const piece of file.open()) pieces.push(piece);
      this.sentBytes.set(file.name, Buffer.concat(pieces));
    }
    return super.send(message);
  }

  readonly fetchFile = async ({ attachment, maxBytes, into }: FileWish): Promise<FileFetched> => {
    this.fetched.push(attachment.ref);
    const answer = this.fetchAnswers.shift();
    if (answer !== undefined) return answer;
    const bytes = this.files.get(attachment.ref);
    if (bytes === undefined) return { state: 'gone', detail: 'it expired' };
    for (let at = 0; at < bytes.length; at += 50_000) {
      if (at > maxBytes) return { state: 'too-large' };
      await into(bytes.subarray(at, at + 50_000));
    }
    return { state: 'fetched' };
  };
}

export class WordScanner implements MalwareScanner {
  readonly name = 'clamd';
  down = false;
  /** What it finds in everything. */
  finds: string | undefined;
  asked = 0;

  async scan(file: ScannedFile): Promise<Scanned> {
    this.asked += 1;
    if (this.down) return { result: 'failed', detail: 'clamd did not answer: ECONNREFUSED', again: true };
    if (this.finds !== undefined) return { result: 'found', detail: this.finds };
    const pieces: Uint8Array[] = [];
    for await (const piece of file.open()) pieces.push(piece);
    return Buffer.concat(pieces).includes('MALWARE') ? { result: 'found', detail: 'Eicar' } : { result: 'clean' };
  }
}

export interface BridgedFiles extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly homeserver: FakeHomeserver;
  readonly network: FileNetwork;
  readonly scanner: WordScanner;
  readonly metrics: KeptMetrics;
  readonly blobs: BlobStore;
  readonly test: TestJournal;
  readonly dir: string;
  bring(attachments: readonly Attachment[], text?: string): Promise<Position>;
  /** The customer changes what was brought last. */
  change(attachments: readonly Attachment[], text?: string): Promise<Position>;
  /** The customer takes back what was brought last. */
  takeBack(): Promise<void>;
  /** A staff member's event in the only portal. */
  write(content: JsonObject, type?: string): Promise<void>;
  settle(): Promise<void>;
  /** Lets time pass, a little at a time, with all that follows. */
  pass(ms: number): Promise<void>;
  entries<K extends EntryKind>(kind: K): Promise<readonly EntryOf<K>[]>;
  /** Events of ghosts and bots in the portal, but its state. */
  shown(): readonly MatrixEvent[];
  /** A provider of `from` (the house's own when left out) asks for a file by an address that it was given. */
  fetch(link: string, from?: ConnectorId): Promise<FollowedLink>;
  /** Stops as a kill would, after the last commit, and starts again. */
  restart(): Promise<void>;
}

export interface BridgedFilesOptions {
  readonly postgres?: TestPostgres | undefined;
  readonly scanned?: boolean;
  /** In place of the test's own. */
  readonly scanner?: MalwareScanner;
  readonly unscanned?: Unscanned;
}

export async function openBridgedFiles(options: BridgedFilesOptions = {}): Promise<BridgedFiles> {
  const made = await newPlace(options.postgres);
  const clock = new ManualClock();
  const [homeserver, network, scanner] = [new FakeHomeserver(clock), new FileNetwork(), new WordScanner()];
  const [log, metrics] = [new KeptLog(), new KeptMetrics()];
  const blobs = new BlobStore(join(made.dir, 'blobs'));
  const unscanned = options.unscanned ?? 'hold';
  const used = options.scanner ?? (options.scanned === true ? scanner : undefined);
  const asked = used === undefined ? {} : { scanner: used };

  const start = async () => {
    const test = await openTestJournal({ place: made.place, parts: fileParts, clock });
    const { journal } = test;
    await removeOrphans({ blobs, journal, log });
    const connectors = (id: unknown): FileNetwork | undefined => (id === carrier ? network : undefined);
    const warnings = { set: () => undefined, clear: () => undefined };
    const links = new FileLinks({ journal, blobs, clock, unscanned, webhookUrl: (id) => `${DOOR}${id}` });
    const bridge = createBridge({
      ...{ journal, homeserver, connectors, clock, log, metrics, warnings },
      lines: [sales],
      staff: directoryOf([alice]),
      timezone: 'UTC',
      files: { blobs, unscanned, links },
    });
    const storing = { blobs, clock, metrics, maxBytes: MAX_BYTES, ...asked };
    const bringing = { ...storing, journal, connectors };
    const keeping = keepFilesKind({ ...storing, homeserver, views: journal.views });
    const files = new MessageFiles({ journal, homeserver, clock, blobs, unscanned });
    const handlers = new Map([
      ...bridge.handlers,
      ['file', eitherKind(keeping, bringFilesKind(bringing))] as const,
      ...bringAgainHandlers(bringing),
      ...scanAgainHandlers(storing),
      ...lateFilesHandlers({ journal, homeserver, clock }, files),
      ...malwareHandlers({ homeserver, journal, lines: [sales], timezone: 'UTC' }),
    ]);
    const runner = createTaskRunner({ journal, handlers, clock, log, metrics, parallel: 8, random: () => 0 });
    runner.start();
    return { test, bridge, runner, links };
  };
  type Running = Awaited<ReturnType<typeof start>>;
  const stop = async ({ test, bridge, runner }: Running): Promise<void> => {
    await runner[Symbol.asyncDispose]();
    await bridge[Symbol.asyncDispose]();
    await test.close();
  };

  let running = await start();
  let count = 0;
  let changes = 0;
  const settle = async (): Promise<void> => {
    for (;;) {
      await idle(running.runner);
      const events = homeserver.unseen.splice(0);
      if (events.length === 0) return;
      await running.test.journal.append(events.map((event) => eventDraft(event)));
    }
  };
  const portal = (): RoomId => {
    for (const [room, { made: how }] of homeserver.rooms) {
      if (how.creationContent['org.gatehouse.portal'] !== undefined) return room;
    }
    throw new Error('no portal yet');
  };
  return {
    ...{ clock, homeserver, network, scanner, metrics, blobs, dir: made.dir, settle },
    get test() {
      return running.test;
    },
    bring: async (attachments, text = '') => {
      count += 1;
      const remoteId = must(parseRemoteId(`m-${count}`));
      const message = { to: sales.address, from: ann, text, attachments, remoteId };
      const event = { kind: 'message', id: `in-${count}`, sure: true, at: clock.now(), message } as const;
      const [position] = await running.bridge.inbound(carrier).ingest({ ...event, raw: Buffer.from('raw') });
      await settle();
      if (position === undefined) throw new Error('nothing was recorded');
      return position;
    },
    change: async (attachments, text = '') => {
      changes += 1;
      const target = must(parseRemoteId(`m-${count}`));
      const edit = { to: sales.address, from: ann, text, attachments, target };
      const event = { kind: 'edit', id: `change-${changes}`, sure: true, at: clock.now(), edit } as const;
      const [position] = await running.bridge.inbound(carrier).ingest({ ...event, raw: Buffer.from('raw') });
      await settle();
      if (position === undefined) throw new Error('nothing was recorded');
      return position;
    },
    takeBack: async () => {
      const redaction = { to: sales.address, from: ann, targets: [must(parseRemoteId(`m-${count}`))] };
      const event = { kind: 'redaction', id: `back-${count}`, sure: true, at: clock.now(), redaction } as const;
      await running.bridge.inbound(carrier).ingest({ ...event, raw: Buffer.from('raw') });
      await settle();
    },
    write: async (content, type = 'm.room.message') => {
      homeserver.write(alice, portal(), { type, content });
      await settle();
    },
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 5_000) {
        clock.advance(Math.min(left, 5_000));
        await settle();
      }
    },
    fetch: (link, from = carrier) => running.links.follow(from, link.replace(`${DOOR}${from}?file=`, '')),
    entries: async (kind) => entriesOf(running.test, kind),
    shown: () => eventsOf(homeserver, portal()),
    restart: async () => {
      await stop(running);
      running = await start();
      await settle();
    },
    [Symbol.asyncDispose]: async () => {
      await stop(running);
      await made.remove();
    },
  };
}

async function idle(runner: TaskRunner): Promise<void> {
  await runner.idle();
}

function eventsOf(homeserver: FakeHomeserver, room: RoomId): readonly MatrixEvent[] {
  const ours = (sender: UserId): boolean => homeserver.isOurs(sender);
  return (homeserver.rooms.get(room)?.events ?? []).filter(
    ({ type, sender, state_key }) =>
      ours(sender) && state_key === undefined && /^m\.(?:room\.message|sticker)$/u.test(type),
  );
}

async function entriesOf<K extends EntryKind>({ journal }: TestJournal, kind: K): Promise<readonly EntryOf<K>[]> {
  const size = await journal.size();
  const all = await journal.readMany(Array.from({ length: size }, (_, at) => must(parsePosition(at + 1))));
  return all.filter((entry): entry is Entry & EntryOf<K> => !('erased' in entry) && entry.kind === kind);
}

export const PNG = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  Buffer.alloc(120_000, 'dot'),
]);
export const EXE = Buffer.concat([Buffer.from('4d5a90000300000004000000ffff0000', 'hex'), Buffer.alloc(2_000, 7)]);

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
