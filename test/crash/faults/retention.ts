/**
 * SIGKILL of Gatehouse while a run lets go what is over, in its record and in Synapse, amid traffic. Each run deletes what
 * its preview counted, and ends with one certificate, however often it was killed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { bodyOf, type Client, type SeenEvent } from '../../../src/demo/client.ts';
import type { RoomId } from '../../../src/core/ids.ts';
import type { CrashRun } from '../drive.ts';
import { burst } from '../rounds.ts';
import { fault, restart, until, type Form, type Scenario } from './scenario.ts';

const KILLS: Readonly<Record<Form, number>> = { short: 2, long: 50 };
/** In one run, at most. */
const MOST_KILLS = 4;
const OVER = 120;
const LAST = 'the last word';
const OVER_AFTER_MS = 1_500;
const MESSAGES = { texts: 8, answers: 8, asides: 8 };
/** How long a life of a run may be, from the moment that it can be asked for something. */
const LIFE_MS = 2_500;
const PATIENCE_MS = 90_000;

export const retentionKill: Scenario = {
  name: 'retention',
  shows: 'SIGKILL while a run deletes: it goes on, deletes what was counted beforehand, and ends with one certificate',
  errors: [],
  play: async (run, form) => {
    const { house, alice } = run;
    const [olivia, omar] = [await house.login('olivia', true), await house.login('omar', true)];
    try {
      const room = await alice.createRoom('Over', []);
      await configure(run, room);
      const desk = await olivia.until('the desk', (rooms) => rooms.find(({ events }) => events.some(isDesk))?.id);
      const officers: Officers = { olivia, omar, desk };
      for (let kills = 0; kills < KILLS[form];) {
        const left = KILLS[form] - kills;
        kills += await oneRun(run, {
          officers,
          room,
          kills: Math.min(left, Math.ceil(run.random.between(0, MOST_KILLS))),
        });
        run.say(`killed ${String(kills)} of ${String(KILLS[form])} times`);
      }
    } finally {
      await Promise.all([olivia.stop(), omar.stop()]);
    }
  },
};

interface Officers {
  readonly olivia: Client;
  readonly omar: Client;
  readonly desk: RoomId;
}

interface Wanted {
  readonly officers: Officers;
  readonly room: RoomId;
  readonly kills: number;
}

/** Nothing but what is said in `room` is ever over. */
async function configure(run: CrashRun, room: RoomId): Promise<void> {
  const file = join(run.house.dir, run.house.config);
  const config = parseDocument(await readFile(file, 'utf8'));
  config.setIn(['retention', 'classes'], config.createNode({ over: { keep: '0s', erase: '1s' } }));
  config.setIn(['retention', 'homeserver'], config.createNode({ purge: true }));
  config.setIn(['retention', 'assign'], config.createNode([{ class: 'over', room, kind: 'matrix' }]));
  await writeFile(file, config.toString());
  await restart(run);
}

/** Resolves with how often it was killed. */
async function oneRun(run: CrashRun, { officers, room, kills }: Wanted): Promise<number> {
  const { alice, killer, random } = run;
  const { olivia, desk } = officers;
  for (let n = 0; n < OVER; n += 1) await alice.say(room, `over and out ${String(n)}`);
  await alice.say(room, LAST);
  await until('all of it to be on record', () => isFound(run, LAST));
  await pause(OVER_AFTER_MS);
  const due = Number(dataOf(await toldAfter(officers, '!c retention preview', 'due'))['due']);
  if (due < OVER) throw new Error(`${String(due)} records are due, not ${String(OVER)}`);
  const known = certificates(olivia, desk);
  if (known.length === 0) await arm(officers);
  const sending = burst(run, MESSAGES);
  await olivia.say(desk, '!c retention run');
  for (let kill = 1; kill <= kills; kill += 1) {
    await pause(random.between(0, LIFE_MS));
    fault(run, 'SIGKILL while a run deletes');
    await killer.kill('a run deletes');
    await killer.start();
  }
  await sending;
  await olivia.until(
    'a certificate',
    () => (certificates(olivia, desk).length > known.length ? true : undefined),
    PATIENCE_MS,
  );
  const deleted = `${String(due)} records deleted for good`;
  const told = certificates(olivia, desk).slice(known.length).map(bodyOf);
  if (told.length !== 1 || told[0]?.includes(deleted) !== true) {
    throw new Error(`one certificate of ${deleted} was wanted, and there is: ${told.join(' | ')}`);
  }
  if (await isFound(run, 'over and out')) throw new Error('what was certified as deleted is found');
  return kills;
}

async function isFound({ house }: CrashRun, words: string): Promise<boolean> {
  const said = await house.command('search', `"${words}"`, '--json');
  return said.split('\n').some((line) => line.startsWith('{') && line.includes(words));
}

async function arm(officers: Officers): Promise<void> {
  const { olivia, omar, desk } = officers;
  await toldAfter(officers, '!c retention arm', 'request');
  await omar.say(desk, '!c retention arm');
  await olivia.until('the arming', () =>
    olivia.rooms.get(desk)?.some((one) => dataOf(one)['armed'] === true) === true ? true : undefined,
  );
}

/** What the desk says after a command, under that key. */
async function toldAfter({ olivia, desk }: Officers, command: string, key: string): Promise<SeenEvent> {
  const known = olivia.rooms.get(desk)?.length ?? 0;
  await olivia.say(desk, command);
  const told = (): SeenEvent | undefined =>
    olivia.rooms
      .get(desk)
      ?.slice(known)
      .find((one) => key in dataOf(one));
  return olivia.until(`the answer to ${command}`, told, PATIENCE_MS);
}

function certificates(olivia: Client, desk: RoomId): readonly SeenEvent[] {
  return (olivia.rooms.get(desk) ?? []).filter((one) => 'certificate' in dataOf(one));
}

const answerShape = z.object({ data: z.record(z.string(), z.unknown()) });

function dataOf({ content }: SeenEvent): Readonly<Record<string, unknown>> {
  return answerShape.safeParse(content['org.gatehouse.answer']).data?.data ?? {};
}

function isDesk({ type, content }: SeenEvent): boolean {
  return type === 'm.room.canonical_alias' && content['alias'] === '#compliance:acme.example';
}
