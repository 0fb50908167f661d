/** What goes by age, at the desk: looked at, armed by two, told with a certificate that anybody can check. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keepingDeps } from '../../../src/app/retention-holds.ts';
import { systemClock, type Clock } from '../../../src/core/clock.ts';
import {
  must,
  parseClassId,
  parseEventId,
  parseRoomId,
  type EventId,
  type RoomId,
  type UserId,
} from '../../../src/core/ids.ts';
import type { Desk } from '../../../src/core/line.ts';
import type { SuspectClock } from '../../../src/core/ports/trusted-time.ts';
import { sourceMark } from '../../../src/core/shown-source.ts';
import { cardPart } from '../../../src/bot/compliance/card-store.ts';
import { createNoteSigner, openNote, parseVkey } from '../../../src/journal/merkle/signed-note.ts';
import { digestOf } from '../../../src/retention/classes/wanted.ts';
import { eraseHandlers } from '../../../src/retention/erase/erase-task.ts';
import { eraseWriterPart } from '../../../src/retention/erase/projections.ts';
import { freezingBy } from '../../../src/retention/holds/freezing.ts';
import { RunActs } from '../../../src/retention/run/acts.ts';
import { runWriterPart } from '../../../src/retention/run/projections.ts';
import { runHandlers } from '../../../src/retention/run/run-task.ts';
import { erasingStanding } from '../../../src/retention/run/staying.ts';
import { draftOf, type TestJournal } from '../../support/journal.ts';
import { KeptLog } from '../../support/quiet.ts';
import { desk as main, olivia, rita, user, bob, room } from '../../unit/bot/samples.ts';
import type { Kept as Sent } from '../../unit/bot/fake-homeserver.ts';
import { openHouse, type House } from './house.ts';
import { noHomeserver } from '../../support/no-homeserver.ts';

const omar = user('@omar:acme.example');
const desk: Desk = { ...main, officers: [olivia, omar] };
const DAY_MS = 86_400_000;
const deals = room('!deals:acme.example');

let house: House;
let here: RoomId;
let suspect: SuspectClock | undefined;
const time = { suspect: () => suspect, look: () => Promise.resolve(false) };

/** The wall clock is the house's; what waits, waits for real. */
const clock: Clock = {
  now: () => house.clock.now(),
  monotonic: () => systemClock.monotonic(),
  after: (ms, callback) => systemClock.after(ms, callback),
};

function signerOf({ journal }: TestJournal) {
  return createNoteSigner('gatehouse/acme.example', journal.keys.signing);
}

beforeEach(async () => {
  suspect = undefined;
  house = await openHouse(undefined, {
    desks: [desk],
    parts: [
      runWriterPart({ isOurs: (one) => one === '@compliance:acme.example', receiptOf: keepingDeps.receiptOf }),
      eraseWriterPart(),
    ],
    retention: (opened) => new RunActs({ journal: opened.journal, time, signer: signerOf(opened), clock }),
    handlers: (opened) =>
      new Map([
        ...runHandlers({
          ...{
            journal: opened.journal,
            clock,
            log: new KeptLog(),
            time,
            cleaner: noHomeserver,
            signer: signerOf(opened),
          },
          ...{ receiptOf: keepingDeps.receiptOf, marks: keepingDeps.marks, keepKeysMs: 30 * DAY_MS },
          staying: [freezingBy(keepingDeps).erasing, erasingStanding],
        }),
        ...eraseHandlers({ journal: opened.journal, blobs: { erase: () => Promise.resolve() } }),
      ]),
  });
  await house.bot.ensureRooms();
  await house.settle();
  here = house.homeserver.aliases.get(desk.room) ?? must(parseRoomId('!none:acme.example'));
  await classes(30);
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

async function classes(days: number): Promise<void> {
  const short = must(parseClassId('short'));
  const one = { id: short, keep: { ms: days * DAY_MS }, erase: { ms: days * DAY_MS }, authority: 'our counsel' };
  const says = { classes: [one], default: short, assignments: [] };
  await house.append(draftOf('retention.classes', { ...says, digest: digestOf(says) }));
}

const lastWords = (): string => house.said(here).at(-1) ?? '';
const ask = (words: string, from = olivia) => house.say(from, here, words);

async function card(): Promise<Sent> {
  const sent = house.homeserver.sentIn(here).findLast(({ part }) => part === cardPart(here));
  if (sent === undefined) throw new Error('there is no card');
  const mark = { 'org.gatehouse.source': sourceMark({ position: sent.source, part: sent.part, epoch: 1 }) };
  await house.append({
    ...{ kind: 'matrix.event', at: house.clock.now(), source: { system: 'matrix', id: sent.event, sure: true } },
    ...{ actor: sent.as, room: here },
    body: {
      ...{ event_id: must(parseEventId(sent.event)), type: 'm.room.message', room_id: here, sender: sent.as },
      ...{ origin_server_ts: house.clock.now(), content: { ...sent.content, ...mark } },
    },
  });
  return sent;
}

function tap(from: UserId, on: EventId, key = '✅') {
  return house.event(
    from,
    here,
    { 'm.relates_to': { rel_type: 'm.annotation', event_id: on, key } },
    { type: 'm.reaction' },
  );
}

async function old(): Promise<void> {
  await house.say(bob, deals, 'the blue one is sold');
  await house.say(bob, deals, 'well done');
  house.clock.advance(31 * DAY_MS);
}

async function armed(): Promise<void> {
  await ask('!c retention preview');
  await ask('!c retention arm');
  await ask('!c retention arm', omar);
}

describe('what goes by age', () => {
  test('is counted for whoever asks, and nothing is touched', async () => {
    await old();
    await ask('!c retention preview');
    expect(lastWords().split('\n')).toEqual([
      expect.stringMatching(/^\d+ records would go:$/u),
      expect.stringMatching(/^- short: \d+ records, of 2026-\d\d-\d\d$/u),
      'Two officers let it begin: !c retention arm',
    ]);
    expect(await house.entries('retention.erased')).toEqual([]);
  });

  test('goes only once two officers have read a preview', async () => {
    await old();
    await ask('!c retention arm');
    expect(lastWords()).toBe('Look first: !c retention preview. Then !c retention arm.');
    await ask('!c retention preview', rita);
    expect(lastWords()).toBe('Officers decide about deletion.');
    await ask('!c retention preview');
    await ask('!c retention arm');
    const asked = await card();
    await tap(olivia, must(parseEventId(asked.event)));
    expect(lastWords()).toBe('Nothing was done: you asked for it, so another officer has to agree.');
    expect(await house.entries('retention.armed')).toEqual([]);
    await tap(omar, must(parseEventId(asked.event)));
    expect(await house.entries('retention.armed')).toMatchObject([
      { body: { armed: true, by: olivia, approvedBy: omar, why: 'asked' } },
    ]);
    await ask('!c retention status');
    expect(lastWords()).toMatch(/^Armed by @?olivia.* and @?omar.*: each nightly run deletes what is due\.$/iu);
  });

  test('is told in one short message with a signed file', async () => {
    await old();
    await armed();
    await ask('!c retention run');
    const [certificate] = await house.entries('retention.certificate');
    expect(certificate?.body.gone[0]?.entries).toBeGreaterThanOrEqual(2);
    const told = house.said(here).findLast((one) => one.startsWith('Run '));
    expect(told?.split('\n')).toEqual([
      expect.stringMatching(/^Run \d+: \d+ records deleted for good\.$/u),
      expect.stringMatching(/^- short: /u),
      expect.stringMatching(/^Final in the backups too on \d{4}-\d\d-\d\d\.$/u),
    ]);
    expect(house.homeserver.sentIn(here).some(({ part }) => part === `file-${here}`)).toBe(true);
    const found = await new RunActs({
      journal: house.test.journal,
      time,
      signer: signerOf(house.test),
      clock,
    }).certificate();
    const file = Buffer.from(found?.file.bytes ?? []).toString('utf8');
    const verifier = parseVkey(signerOf(house.test).vkey);
    const text = verifier === undefined ? undefined : openNote(file, verifier);
    expect(text?.ok === true && createHash('sha256').update(text.value).digest('hex')).toBe(certificate?.body.sha256);
    await ask('!c certificate');
    expect(lastWords()).toBe(told);
    await ask('!c certificate 1');
    expect(lastWords()).toBe("There's no run 1.");
  });

  test('stops when the classes change, and the desk hears of it', async () => {
    await old();
    await armed();
    await classes(40);
    expect(lastWords()).toMatch(/^The retention classes changed, so nothing is deleted any more/u);
    await ask('!c retention run');
    expect(lastWords()).toMatch(/^Nothing was deleted: not armed\./u);
    expect(await house.entries('retention.erased')).toEqual([]);
  });

  test('waits for an officer when the clock jumped', async () => {
    await old();
    await armed();
    suspect = { byMs: 31 * DAY_MS, since: house.clock.now() };
    await ask('!c retention run');
    expect(lastWords()).toMatch(/^The clock was set 31 days ahead, so nothing was deleted/u);
    await ask('!c retention confirm-clock');
    expect(lastWords()).toBe('The clock was set 31 days ahead and is right: runs go on.');
    await ask('!c retention confirm-clock');
    expect(lastWords()).toBe('Nobody doubts the clock: there is nothing to confirm.');
    await ask('!c retention run');
    expect(await house.entries('retention.certificate')).toHaveLength(1);
  });

  test('is left alone again after !c retention disarm', async () => {
    await old();
    await armed();
    await ask('!c retention disarm');
    expect(lastWords()).toBe('Nothing more is deleted. Runs only count from now on.');
    await ask('!c retention run');
    expect(await house.entries('retention.erased')).toEqual([]);
  });
});
