/** What is kept, what goes, and who lets it: a room's own class, a hold, two officers, a run and its certificate. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { bodyOf, type SeenEvent } from './client.ts';
import { ask, deskOf, expect, first, type Play, type Step } from './play.ts';

/** In the demo's config: nothing of it has to be kept. */
export const LUNCH = { keep: '0s', erase: '1s' } as const;
const OVER_MS = 1_200;
const RUN_MS = 60_000;
const IDLE = ['Lunch at noon?', 'Soup again.'];
const PROMISE = 'I guarantee that it will not rain.';

export const keepingSteps: readonly Step[] = [
  { title: 'Olivia gives a room a class of its own', run: givesClass },
  { title: 'Olivia places a legal hold', run: holds },
  { title: 'Olivia sees what would be deleted', run: previews },
  { title: 'Omar agrees: from now on runs delete', run: arms },
  { title: 'What is over goes, what is held stays, and a certificate says so', run: deletes },
];

async function givesClass(play: Play): Promise<string> {
  const { alice } = play;
  const room = await alice.createRoom('Lunch', []);
  play.lunch = room;
  const set = await ask(play, `!c retention set ${room} lunch`);
  expect(set.code === 'ok', `the class is set, not ${set.code}: ${set.text}`);
  for (const words of [...IDLE, PROMISE]) await alice.say(room, words);
  return `“${set.text.split('\n')[0] ?? ''}”`;
}

async function holds(play: Play): Promise<string> {
  const placed = await ask(play, `!c hold add promise in:${play.lunch ?? ''} guarantee case:"Rain"`);
  expect(placed.text.includes('promise stands'), `the hold stands: ${placed.text}`);
  return `“${placed.text.split('\n')[0] ?? ''}”`;
}

async function previews(play: Play): Promise<string> {
  await pause(OVER_MS);
  const preview = bodyOf(await told(play, '!c retention preview', 'due'));
  expect(preview.includes(`${String(IDLE.length)} records would go`), `what is over would go: ${preview}`);
  expect(preview.includes('under the hold promise'), `what is held stays: ${preview}`);
  return `“${preview.split('\n')[0] ?? ''}” One stays under the hold`;
}

async function arms(play: Play): Promise<string> {
  const { olivia, omar } = play;
  const asked = await ask(play, '!c retention arm');
  expect(asked.code === 'pending', `a second officer has to agree: ${asked.text}`);
  const desk = await deskOf(play);
  await omar.until('the desk', (rooms) => rooms.find(({ id }) => id === desk));
  await omar.say(desk, '!c retention arm');
  const armed = await olivia.until('the arming', (rooms) => first(rooms, (one) => dataOf(one)['armed'] === true));
  return `“${bodyOf(armed.event).split('\n')[0] ?? ''}”`;
}

async function deletes(play: Play): Promise<string> {
  const certificate = bodyOf(await told(play, '!c retention run', 'certificate'));
  expect(certificate.includes(`${String(IDLE.length)} records deleted for good`), `they are deleted: ${certificate}`);
  const gone = await ask(play, '!c search "Soup again"');
  expect(!gone.text.includes('Soup again.'), `it is found no more: ${gone.text}`);
  const held = await ask(play, '!c search guarantee');
  expect(held.text.includes(PROMISE), `what is held is found: ${held.text}`);
  const verdict = await ask(play, '!c verify', RUN_MS);
  expect(verdict.code === 'ok', `the record is whole all the same: ${verdict.text}`);
  return `“${certificate.split('\n')[0] ?? ''}” The record is unbroken all the same`;
}

/** What the desk says after this command, under that key. */
async function told(play: Play, command: string, key: string): Promise<SeenEvent> {
  const { olivia } = play;
  const desk = await deskOf(play);
  const known = olivia.rooms.get(desk)?.length ?? 0;
  await olivia.say(desk, command);
  return olivia.until(
    `the answer to ${command}`,
    () =>
      olivia.rooms
        .get(desk)
        ?.slice(known)
        .find((one) => key in dataOf(one)),
    RUN_MS,
  );
}

const answerShape = z.object({ data: z.record(z.string(), z.unknown()) });

function dataOf({ content }: SeenEvent): Readonly<Record<string, unknown>> {
  return answerShape.safeParse(content['org.gatehouse.answer']).data?.data ?? {};
}
