/** What a customer's file says is judged as their words are: the real journal, disk, readers and engine, killed at each call. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Draft, DraftOf, Entry, EntryOf } from '../../../../src/core/entry.ts';
import { must, parseRemoteId } from '../../../../src/core/ids.ts';
import { BlobStore } from '../../../../src/journal/blobs/blob-store.ts';
import { sniffType } from '../../../../src/journal/blobs/sniff.ts';
import { screenFileTasks } from '../../../../src/policy/judging/screen-file.ts';
import { DESK_TOLD, redactionWriterPart, SENDER_TOLD } from '../../../../src/policy/redaction/projections.ts';
import { REDACT } from '../../../../src/policy/redaction/redact.ts';
import { textOfFile } from '../../../../src/policy/text/text-of-file.ts';
import { createTaskRunner, type TaskRunner } from '../../../../src/tasks/runner.ts';
import type { TaskHandlers } from '../../../../src/tasks/task.ts';
import { DiesAt, diesAtEach } from '../../../support/dies-at.ts';
import { lines, madePdf } from '../../../support/made-pdf.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { ann, at, began, ghost, sales, smsDraft } from '../../../unit/policy/judging/made-entries.ts';
import { openJudgingHouse, ruleChanged, ruleText, type JudgingHouse } from '../judging/judging-house.ts';

const card = '4111 1111 1111 1111';
const inbound = { directions: ['inbound'] };
const cards = (then = 'flag', more: object = { notify: true }): string =>
  ruleText('cards', { scope: inbound, then, ...more });
const phrases = JSON.stringify({
  rules: [
    {
      ...{ id: 'offers', says: 'offers to meet elsewhere', scope: inbound, then: 'flag' },
      when: { pattern: 'keep this between us' },
    },
  ],
});
const unscanned = ruleText('unscanned', { scope: inbound, then: 'flag', when: { unscanned: 'any' }, notify: true });

let folder: string;
let blobs: BlobStore;
let house: JudgingHouse;
/** Whom the officers and the sender would be told of: `kind position`. */
let told: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-files-'));
  blobs = new BlobStore(join(folder, 'blobs'));
  told = [];
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function opened(text: string, more: Parameters<typeof openJudgingHouse>[0] = {}): Promise<JudgingHouse> {
  const open = await openJudgingHouse({ parts: [redactionWriterPart()], ...more });
  if (more.place === undefined) await open.put(ruleChanged(text));
  open.use(text);
  return open;
}

function telling(): TaskHandlers {
  const kinds = [DESK_TOLD, SENDER_TOLD, REDACT];
  return new Map(
    kinds.map((kind) => [
      kind,
      {
        run: (_task, { position }: { position: number }) => {
          told.push(`${kind} ${position}`);
          return Promise.resolve({ to: 'done' as const });
        },
      },
    ]),
  );
}

function runnerOf(within: JudgingHouse, dies = new DiesAt()): TaskRunner {
  const { clock, screen, judging, journal: own } = within;
  const journal = dies.of(own, ['append']);
  const scanning = dies.of({ textOf: textOfFile }, ['textOf'], 'read ');
  const journalled = { ...judging.journal, read: (position: Entry['position']) => own.read(position) };
  const files = screenFileTasks({
    ...judging,
    journal: journalled,
    files: { scanning, blobs },
    isOurs: (user) => user === ghost,
  });
  const handlers = new Map([...screen, ...files, ...telling()]);
  const others = { log: new KeptLog(), metrics: new KeptMetrics(), parallel: 4, random: () => 0 };
  return createTaskRunner({ journal, handlers, clock, ...others });
}

async function settle(): Promise<void> {
  await using runner = runnerOf(house);
  runner.start();
  await runner.idle();
}

/** As the bridge puts it on record beside its message or edit. */
async function stored(of: Entry, bytes: Uint8Array, part = 0): Promise<DraftOf<'file.stored'>> {
  await using writer = await blobs.begin();
  await writer.write(bytes);
  const type = await sniffType(writer.head);
  const kept = await writer.finish();
  return { ...besides(of, part), kind: 'file.stored', body: { of: of.position, part, type, ...kept } };
}

function besides({ position, room }: Entry, part: number) {
  if (room === undefined) throw new Error('no room');
  const source = { system: 'gatehouse', id: `file/${position}/${part}/stored`, sure: true };
  return { at: at(began + 1_000), room, line: sales.id, direction: 'inbound', source } as const;
}

function edited(): Draft {
  const { connector, network, address: to } = sales;
  return {
    kind: 'network.edit',
    at: at(began + 500),
    source: { system: 'network:carrier', id: 'edit-1', sure: true },
    ...{ actor: ghost, line: sales.id, direction: 'inbound' },
    ...(smsDraft('x').room === undefined ? {} : { room: smsDraft('x').room }),
    body: { connector, network, from: ann, to, target: must(parseRemoteId('m1')), text: 'see the new one' },
  };
}

async function verdicts(within = house): Promise<readonly EntryOf<'policy.verdict'>[]> {
  return within.entries('policy.verdict');
}

describe('A file from a customer', () => {
  test.each([
    ['a plain file', Buffer.from(`my card\n${card}\n`)],
    ['a CSV', Buffer.from(`name;card\nAnn;${card}\n`)],
    ['a PDF', madePdf({ pages: [lines('first'), lines(`card ${card}`)], flate: true })],
  ])(
    'that holds a card number in %s is flagged beside its message, and the officers are told',
    async (_what, bytes) => {
      house = await opened(cards());
      const message = await house.put(smsDraft('as you asked'));
      const file = await house.put(await stored(message, bytes));
      await settle();
      const [verdict, ...others] = await verdicts();
      expect(others).toEqual([]);
      expect(verdict).toMatchObject({ room: message.room, line: sales.id, direction: 'inbound' });
      expect(verdict?.body).toMatchObject({ of: message.position, file: file.position, consequence: 'flag' });
      expect(verdict?.body.hits[0]?.findings[0]).toMatchObject({ what: 'file', masked: 'ends 1111' });
      expect(told).toEqual([`${DESK_TOLD} ${verdict?.position ?? 0}`]);
    },
  );

  test('that holds a phrase is flagged, and what comes in an edit too', async () => {
    house = await opened(phrases);
    const message = await house.put(smsDraft('as you asked'));
    const edit = await house.put(edited());
    await house.journal.append([
      await stored(message, Buffer.from('please KEEP this between us')),
      await stored(edit, madePdf({ pages: [lines('keep this between us')] })),
    ]);
    await settle();
    expect((await verdicts()).map(({ body }) => body.of).toSorted()).toEqual(
      [message.position, edit.position].toSorted(),
    );
  });

  test.each(['redact', 'block', 'quarantine'])(
    'is shown as it came where a rule says %s, and the officers are told',
    async (then) => {
      house = await opened(cards(then, {}));
      const message = await house.put(smsDraft('as you asked'));
      await house.put(await stored(message, Buffer.from(card)));
      await settle();
      const [verdict] = await verdicts();
      expect(verdict?.body).toMatchObject({ consequence: 'flag', hits: [{ consequence: then, notify: true }] });
      expect(told).toEqual([`${DESK_TOLD} ${verdict?.position ?? 0}`]);
    },
  );

  test('that can not be read is named as unread, with why', async () => {
    house = await opened(unscanned);
    const message = await house.put(smsDraft('as you asked'));
    const damaged = await house.put(await stored(message, Buffer.from('%PDF-1.7 no more')));
    const given = { of: message.position, part: 2, why: 'not-found' } as const;
    const lost = await house.put({ ...besides(message, 2), kind: 'file.missing', body: given });
    await settle();
    const found = (await verdicts()).map(({ body }) => [body.file, body.unread, body.consequence]);
    expect(found.toSorted()).toEqual([
      [damaged.position, [{ why: 'damaged', part: 0 }], 'flag'],
      [lost.position, [{ why: 'missing', part: 2 }], 'flag'],
    ]);
    expect(told).toHaveLength(2);
  });

  test('leaves no record where it is clean, and is not read where no rule holds for what customers send', async () => {
    house = await opened(ruleText('cards', { scope: { directions: ['internal'] }, then: 'flag' }));
    const message = await house.put(smsDraft('as you asked'));
    await house.put(await stored(message, Buffer.from(card)));
    await settle();
    expect(await verdicts()).toEqual([]);
    expect(house.asked()).toBe(0);
  });

  test('has one verdict and is told of once, at whatever call its house is killed', async () => {
    const diedAt = await diesAtEach(async (dies, death) => {
      told = [];
      const first = await opened(cards());
      const message = await first.put(smsDraft('as you asked'));
      const file = await first.put(await stored(message, Buffer.from(card)));
      const runner = runnerOf(first, dies);
      dies.plan(death);
      runner.start();
      await dies.survives(runner.idle());
      const stopped = runner.stop(0);
      first.clock.advance(0);
      await stopped;
      await first.test.close();
      const next = await opened(cards(), { place: first.test.place });
      await using again = runnerOf(next);
      again.start();
      await again.idle();
      expect((await verdicts(next)).map(({ body }) => [body.of, body.file])).toEqual([
        [message.position, file.position],
      ]);
      // Telling is asked for once; whoever tells looks before it tells again.
      expect(new Set(told).size).toBe(1);
      expect(await next.journal.stale()).toEqual([]);
      await next[Symbol.asyncDispose]();
      house = next;
      await first[Symbol.asyncDispose]();
    });
    expect(diedAt).toEqual(expect.arrayContaining(['read textOf (asking)', 'append (answered)']));
  });
});
