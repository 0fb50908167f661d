/** A person's requests in a whole house, with Gatehouse killed after each word: a copy, then the erasure by two officers. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { MatrixEvent } from 'matrix-js-sdk';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { bodyOf, chatWith, HOUSE_START_MS, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const ZOE = '+12025550142';
const LINE = '+12025550100';
const ASKED = 'is the vermilion heron still for sale?';
const ANSWERED = 'the vermilion heron is yours, as Zoe can tell: (202) 555-0142';
const PATIENCE_MS = 60_000;
/** Before Synapse has brought what was said, and while it is done. */
const [AT_ONCE, MEANWHILE] = [0, 150] as const;

const answerShape = z.object({ data: z.record(z.string(), z.unknown()) });
const fileShape = z.object({ msgtype: z.literal('m.file'), url: z.string(), filename: z.string() });
const foundShape = z.object({ text: z.string().nullable() });
const recordShape = z.object({ what: z.string(), text: z.string().optional() });

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let omar: StaffClient;
let desk: string;

beforeAll(async () => {
  staffed = await staffedHouse({
    configure: (config) => {
      config.setIn(['retention', 'classes'], config.createNode({ ours: { keep: '30d', erase: '30d', own: true } }));
      config.setIn(['retention', 'default'], 'ours');
      config.setIn(['desks', 0, 'fourEyes'], config.createNode(['erase']));
    },
  });
  [alice, olivia, omar] = [await staffed.person('alice'), await staffed.person('olivia'), await staffed.person('omar')];
  desk = await roomNamed(olivia, 'Compliance');
  const { carrier } = staffed.house;
  carrier.text({ from: ZOE, to: LINE, text: 'I am somebody else' });
  carrier.text({ from: ANN, to: LINE, text: ASKED });
  const chat = await chatWith(alice, '0199');
  await alice.message(chat, ASKED);
  await alice.sendText(chat, ANSWERED);
  await carrier.until('the answer', (line) => line.text === ANSWERED);
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

async function killedAfter<T>(ms: number, act: () => Promise<T>): Promise<T> {
  const done = await act();
  await pause(ms);
  await staffed.house.gatehouse.stop('SIGKILL');
  await staffed.house.gatehouse.start();
  return done;
}

function dataOf(event: MatrixEvent): Readonly<Record<string, unknown>> {
  return answerShape.safeParse(event.getContent()['org.gatehouse.answer']).data?.data ?? {};
}

/** What the desk was told of that request under that key, once it is there. */
function told(request: unknown, key: string): Promise<MatrixEvent> {
  return olivia.until(`${key} of request ${String(request)}`, () => tellings(request, key)[0], PATIENCE_MS);
}

function tellings(request: unknown, key: string): readonly MatrixEvent[] {
  return olivia.timeline(desk).filter((event) => dataOf(event)['request'] === request && key in dataOf(event));
}

function files(part: string): readonly z.infer<typeof fileShape>[] {
  return olivia
    .timeline(desk)
    .flatMap((event) => fileShape.safeParse(event.getContent()).data ?? [])
    .filter(({ filename }) => filename.includes(part));
}

async function textOf(url: string): Promise<string> {
  const at = olivia.sdk.mxcUrlToHttp(url, undefined, undefined, undefined, false, true, true) ?? '';
  const answer = await fetch(at, { headers: { authorization: `Bearer ${olivia.sdk.getAccessToken() ?? ''}` } });
  return answer.text();
}

async function opened(command: string): Promise<string> {
  const said = await killedAfter(AT_ONCE, () => olivia.sendText(desk, command));
  const answer = await replyTo(olivia, { room: desk, event: said }, PATIENCE_MS);
  const request = z.string().parse(dataOf(answer)['request']);
  await told(request, 'look');
  return request;
}

async function isThere(words: string): Promise<boolean> {
  const said = await staffed.house.command('search', words, '--json');
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  return lines.some((line) => foundShape.safeParse(JSON.parse(line)).data?.text?.includes(words) === true);
}

test('whoever asks gets all of it in two files, once, without other people; the letter says so', async () => {
  const request = await opened(`!c dsar new ${ANN} access`);
  await killedAfter(MEANWHILE, () => olivia.sendText(desk, `!c dsar run ${request}`));
  await told(request, 'sha256');
  const copies = files('your-data-');
  expect(copies.map(({ filename }) => filename)).toEqual([`your-data-${request}.html`, `your-data-${request}.jsonl`]);
  const texts: string[] = [];
  for (const { url } of copies) texts.push(await textOf(url));
  for (const text of texts) {
    expect(text).toContain(ASKED);
    expect(text).toContain('the vermilion heron is yours, as Zoe can tell: [number of somebody else]');
    expect(text).not.toMatch(/555-0142|somebody else"|I am somebody|@alice/u);
  }
  const records = (texts[1] ?? '')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => recordShape.parse(JSON.parse(line)));
  expect(records.filter(({ text }) => text === ASKED)).toHaveLength(1);
  const sums = copies.map(({ filename }, i) => `${sha256(texts[i] ?? '')}  ${filename}\n`).join('');
  expect(dataOf(await told(request, 'sha256'))['sha256']).toBe(sha256(sums));

  const letter = await killedAfter(MEANWHILE, () => olivia.sendText(desk, `!c dsar letter ${request}`));
  await replyTo(olivia, { room: desk, event: letter }, PATIENCE_MS);
  const [written, ...more] = files('letter-');
  expect(more).toEqual([]);
  expect(await textOf(written?.url ?? '')).toContain('- what you wrote: 1');
}, 300_000);

test('whoever wants to be erased is, when a second officer agrees, and is told of once', async () => {
  const request = await opened(`!c dsar new ${ANN} erase`);
  await olivia.sendText(desk, `!c dsar run ${request}`);
  const card = await omar.until(
    'the card',
    () => omar.timeline(desk).find((event) => bodyOf(event).startsWith(`Request ${request} · erasure · asked by`)),
    PATIENCE_MS,
  );
  expect(await isThere('vermilion heron')).toBe(true);
  await killedAfter(MEANWHILE, () => omar.react(desk, card.getId() ?? '', '✅'));
  await told(request, 'run');
  expect(tellings(request, 'run')).toHaveLength(1);
  expect(files('certificate-')).toHaveLength(1);
  expect(await isThere('vermilion heron')).toBe(false);
  const letter = await olivia.sendText(desk, `!c dsar letter ${request}`);
  await replyTo(olivia, { room: desk, event: letter }, PATIENCE_MS);
  const [written] = files(`letter-${request}`);
  expect(await textOf(written?.url ?? '')).toMatch(/we erased:\n- \d+ records/u);
  expect(await staffed.house.command('verify')).toContain('✓ Record unbroken');
}, 300_000);

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
