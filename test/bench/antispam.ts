/**
 * What Synapse waits for before a message exists: a question over HTTP, judged by 50 rules and 2,000 words in the thread
 * that judges, with the room and the sender's messages before it read from the record, and allowed. Beside it the same
 * JSON there and back over the same listener, in turns.
 */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { randomBytes } from 'node:crypto';
import express, { Router } from 'express';
import { bridgeWriterPart } from '../../src/bridge/projections.ts';
import { isOurUser } from '../../src/bridge/people/our-users.ts';
import { hasOutsiders } from '../../src/bridge/portals/room-member-store.ts';
import { useOfRoom } from '../../src/bridge/portals/room-store.ts';
import { systemClock } from '../../src/core/clock.ts';
import { must, parseClassId } from '../../src/core/ids.ts';
import { ANTISPAM_PATH, antispamHandler } from '../../src/http/antispam.ts';
import { startFront } from '../../src/matrix/front.ts';
import { directionsProjection } from '../../src/policy/judging/direction-store.ts';
import { saidProjection } from '../../src/policy/judging/said-store.ts';
import { createPresend } from '../../src/policy/presend/presend.ts';
import { ScannerClient } from '../../src/policy/thread/scanner-client.ts';
import { openTestJournal, type TestJournal } from '../support/journal.ts';
import { KeptLog, KeptMetrics } from '../support/quiet.ts';
import { percentile } from './figures.ts';
import { line, type Bench, type Line } from './line.ts';
import { ruleSet } from './policy-rules.ts';
import { DOMAIN, text } from './traffic.ts';

const SCANNER = new URL('../../src/scanner.ts', import.meta.url);
const SECRET = 'the-secret-of-the-bench';
/** Of each round; the first one warms up. */
const QUESTIONS = 1_000;
const ROUNDS = 5;
const AT_ONCE = 16;
const isOurs = (user: string): boolean => isOurUser(user, DOMAIN);
const klass = must(parseClassId('bench'));

export const antispam: Bench = {
  name: 'antispam',
  run: async () => {
    const parts = [
      bridgeWriterPart({ domain: DOMAIN }),
      { projections: [directionsProjection, saidProjection(isOurs)], planners: [] },
    ];
    await using test = await openTestJournal({ parts });
    const [log, metrics] = [new KeptLog(), new KeptMetrics()];
    await using scanning = new ScannerClient({ url: SCANNER, key: randomBytes(32), clock: systemClock, log, metrics });
    const compiled = await scanning.use(ruleSet);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const front = await startFront({
      ...{ service: 'archive', listen: { host: '127.0.0.1', port: 0 }, token: 'unused', class: klass },
      ...{ clock: systemClock, log, metrics, recorder: test.journal },
      also: { path: '/', handler: handlers(test, scanning, { log, metrics }) },
    });
    try {
      return await measured(front.port);
    } finally {
      await front.stop();
    }
  },
};

function handlers(
  { journal }: TestJournal,
  scanning: ScannerClient,
  { log, metrics }: { readonly log: KeptLog; readonly metrics: KeptMetrics },
): Router {
  const { views } = journal;
  const presend = createPresend({
    ...{
      failOpen: true,
      shadow: false,
      journal,
      domain: DOMAIN,
      isOurs,
      class: klass,
      barriers: () => Promise.resolve([]),
      scanning,
    },
    ...{ clock: systemClock, log, metrics, rules: { current: () => ruleSet } },
    context: { journal, lines: [], groupsOf: () => Promise.resolve(['sales']) },
    membersOf: () => Promise.resolve([]),
    standingOf: (room) =>
      views.read(async (reading) => ({
        ours: (await useOfRoom(reading, room)) !== undefined,
        outsiders: await hasOutsiders(reading, room),
      })),
  });
  const router = Router();
  router.use(ANTISPAM_PATH, antispamHandler({ secret: SECRET, presend, log, metrics }));
  router.post('/bare', express.json(), (_request, response) => {
    response.json({});
  });
  return router;
}

interface Round {
  readonly judged: readonly number[];
  readonly bare: readonly number[];
  readonly together: readonly number[];
}

async function measured(port: number): Promise<readonly Line[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const ask = (path: string, n: number): Promise<number> => asked({ agent, port, path, body: questionOf(n) });
  const rounds: Round[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) rounds.push(await oneRound(ask, round * QUESTIONS));
  agent.destroy();
  const of = (what: keyof Round, share: number): number[] =>
    rounds.slice(1).map((round) => percentile(round[what], share));
  const ratios = (share: number): number[] =>
    rounds.slice(1).map(({ judged, bare }) => percentile(judged, share) / percentile(bare, share));
  const what = 'a message allowed by 50 rules and 2,000 words, question to answer over HTTP';
  const same = `the same; the same JSON there and back takes ${percentile(of('bare', 0.5), 0.5).toFixed(2)} ms`;
  const many = `${AT_ONCE} people send at the same moment, again and again`;
  return [
    line('antispam: allowed, p99', of('judged', 0.99), { unit: 'ms', target: '<= 30', what }),
    line('antispam: allowed, p50', of('judged', 0.5), { unit: 'ms', what: 'the same messages' }),
    line('antispam: p99 against bare HTTP', ratios(0.99), { unit: 'x', what: same }),
    line('antispam: p50 against bare HTTP', ratios(0.5), { unit: 'x', what: same }),
    line(`antispam: ${AT_ONCE} at once, p99`, of('together', 0.99), { unit: 'ms', target: '<= 30', what: many }),
  ];
}

async function oneRound(ask: (path: string, n: number) => Promise<number>, from: number): Promise<Round> {
  const path = `${ANTISPAM_PATH}/check_event_for_spam`;
  const [judged, bare, together]: [number[], number[], number[]] = [[], [], []];
  for (let n = from; n < from + QUESTIONS; n += 1) {
    judged.push(await ask(path, n));
    bare.push(await ask('/bare', n));
  }
  for (let n = from; n < from + QUESTIONS; n += AT_ONCE) {
    const all = Array.from({ length: AT_ONCE }, (_, i) => ask(path, n + i));
    together.push(...(await Promise.all(all)));
  }
  return { judged, bare, together };
}

interface Question {
  readonly agent: Agent;
  readonly port: number;
  readonly path: string;
  readonly body: string;
}

/** Milliseconds until the whole answer is there. @throws Error where it is not allowed. */
async function asked({ agent, port, path, body }: Question): Promise<number> {
  const began = performance.now();
  const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
  const length = { 'content-length': Buffer.byteLength(body) };
  const sent = request({ agent, port, path, host: '127.0.0.1', method: 'POST', headers: { ...headers, ...length } });
  const answered = Promise.withResolvers<number | undefined>();
  sent.once('response', (response) => {
    response.resume().once('end', () => {
      answered.resolve(response.statusCode);
    });
  });
  sent.once('error', answered.reject);
  sent.end(body);
  await once(sent, 'finish');
  const status = await answered.promise;
  if (status !== 200) throw new Error(`${path} answered ${String(status)}`);
  return performance.now() - began;
}

/** As the module of 0.5.1 posts it. */
function questionOf(n: number): string {
  const event = {
    content: { body: `${text()}.`, 'm.mentions': {}, msgtype: 'm.text' },
    event_id: `$${'abcdefghij'.repeat(4)}${n}`,
    origin_server_ts: Date.now(),
    room_id: `!room${n % 40}:${DOMAIN}`,
    sender: `@user${n % 9}:${DOMAIN}`,
    type: 'm.room.message',
    unsigned: { age_ts: Date.now() },
  };
  return JSON.stringify({ event });
}
