/** Events that Synapse forgot to bring are found by comparing, by their number and room, and are then on record. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import path from 'node:path';
import { z } from 'zod';
import { bodyOf, chatWith, HOUSE_START_MS, marked, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
const WAIT_MS = 120_000;

const reportShape = z.object({
  position: z.number(),
  by: z.string(),
  ok: z.boolean(),
  digest: z.string(),
  homeserver: z.object({
    reach: z.string(),
    rooms: z.number(),
    events: z.number(),
    fetched: z.number(),
    missing: z.number(),
    goneThere: z.number(),
    unreadRooms: z.number(),
  }),
  lines: z.array(z.object({ line: z.string(), received: z.number(), shown: z.number(), written: z.number() })),
  findings: z.array(z.unknown()),
  words: z.array(z.string()),
});
type Report = z.infer<typeof reportShape>;

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let lost: readonly string[];
let atFirst: Report;

/** What `gatehouse reconcile --json` says, whatever its exit code. */
async function reconcile(): Promise<Report> {
  const said = await staffed.house.command('reconcile', '--json').catch((error: unknown) => String(error));
  const line = said.split('\n').find((one) => one.startsWith('{'));
  if (line === undefined) throw new Error(`no report in: ${said}`);
  return reportShape.parse(JSON.parse(line));
}

/** As if every transaction that waits had been handed over: Synapse, when it crashes at the wrong moment, believes that. */
function forgetDeliveries(dir: string): void {
  const database = new Database(path.join(dir, 'synapse', 'homeserver.db'));
  try {
    database.exec(`
      delete from application_services_txns;
      update appservice_stream_position set stream_ordering = (select max(stream_ordering) from events);
    `);
  } finally {
    database.close();
  }
}

beforeAll(async () => {
  staffed = await staffedHouse();
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  staffed.house.carrier.text({ from: ANN, to: LINE, text: 'Is the blue one still available?' });
  const chat = await chatWith(alice, '0199');
  await marked(alice, { room: chat, event: await alice.sendText(chat, 'Yes') }, '✓✓');
  const { room_id: room } = await alice.sdk.createRoom({ name: 'Deals' });
  await alice.sendText(room, 'brought');
  const { house } = staffed;
  // All that was said so far is on record before anything is lost.
  const before = await reconcile();
  await house.gatehouse.stop();
  const sent: string[] = [];
  for (const text of ['lost one', 'lost two', 'lost three']) sent.push(await alice.sendText(room, text));
  lost = sent;
  await house.synapse.stop();
  forgetDeliveries(house.dir);
  await house.synapse.restart();
  atFirst = before;
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

describe('events that the homeserver believes it has brought', () => {
  test('are none as long as it brings all of them', () => {
    expect(atFirst).toMatchObject({ ok: true, homeserver: { missing: 0 } });
  });

  test('are counted exactly by a comparison while Gatehouse is stopped, which fails', async () => {
    const report = await reconcile();
    expect(report).toMatchObject({
      by: 'cli',
      ok: false,
      findings: [],
      homeserver: { reach: 'all', fetched: 0, missing: lost.length, goneThere: 0, unreadRooms: 0 },
      lines: [{ line: 'main', received: 1, shown: 1, written: 1 }],
    });
    expect(report.words.at(-1)).toContain('when it starts');
    await expect(staffed.house.command('reconcile')).rejects.toThrow(/✗ Compared today/u);
  }, 60_000);

  test('are on record once Gatehouse runs, and nothing is missing then', async () => {
    await staffed.house.gatehouse.start();
    const desk = await roomNamed(olivia, 'Compliance');
    const gap = () => olivia.timeline(desk).find((event) => bodyOf(event).startsWith('Gap: 3 events'));
    await olivia.until('the gap', gap, WAIT_MS);
    const report = await reconcile();
    expect(report).toMatchObject({ ok: true, homeserver: { missing: 0 } });
    const found = await staffed.house.command('search', '"lost two"', '--json');
    expect(found.split('\n').filter((line) => line.includes('lost two'))).toHaveLength(1);
    const shown = await staffed.house.command('journal', 'show', String(report.position), '--json');
    expect(shown).toContain('reconcile.report');
    // The same records, compared again, are the same set; the desk's own chat goes on meanwhile.
    expect(report.homeserver.events).toBeGreaterThan(lost.length);
  }, 180_000);

  test('are told of at the desk, which can have today compared without being held up', async () => {
    const desk = await roomNamed(olivia, 'Compliance');
    const asked = await olivia.sendText(desk, '!c gaps');
    expect(bodyOf(await replyTo(olivia, { room: desk, event: asked }))).toMatch(
      /^No open gap ✓\n[\s\S]*Last comparison .*\nCompared today\nHomeserver [\d,]+ events in \d+ rooms ✓/u,
    );
    const now = await olivia.sendText(desk, '!c gaps now');
    expect(bodyOf(await replyTo(olivia, { room: desk, event: now }))).toMatch(/^Comparing today/u);
    const result = await olivia.until(
      'the result',
      () =>
        olivia
          .timeline(desk)
          .filter((event) => event.replyEventId === now)
          .at(1),
      WAIT_MS,
    );
    expect(bodyOf(result)).toMatch(/^Compared today\nHomeserver .* ✓[\s\S]*\nSales 1 in, 1 out ✓ · SMS has no list$/u);
    const verified = await olivia.sendText(desk, '!c verify');
    expect(bodyOf(await replyTo(olivia, { room: desk, event: verified }))).toMatch(/^Record unbroken/u);
  }, 180_000);
});
