/**
 * Judging a message by 50 rules and 2,000 words, beside one JSON round trip of the event that brought it; and texts made to
 * be slow, beside ordinary ones of equal length; and the thread that it is done in.
 */
import { randomBytes } from 'node:crypto';
import { allDetectors } from '../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../src/policy/engine/judge.ts';
import type { JudgedMessage } from '../../src/policy/message.ts';
import type { Judge } from '../../src/policy/verdict.ts';
import { percentile, timedNow } from './figures.ts';
import { line, type Bench, type Line } from './line.ts';
import { beginnings, context, hits, messageOf, ruleSet } from './policy-rules.ts';
import { inThread } from './policy-thread.ts';
import { DOMAIN, text } from './traffic.ts';

const MESSAGES = 2_000;
const ROUNDS = 60;
const LENGTHS = [1_000, 16_384];
const TEXT_ROUNDS = 7;
/** Characters of one text that are judged before it counts: the compiler knows it by then. */
const WARM_CHARACTERS = 500_000;

export const policy: Bench = {
  name: 'policy',
  run: async () => {
    const judge = createJudge(ruleSet, { detectors: allDetectors, key: randomBytes(32) });
    if (!judge.ok) throw new Error(JSON.stringify(judge.error));
    return [
      ...againstJson(judge.value),
      ...LENGTHS.flatMap((length) => adversarial(judge.value, length)),
      ...(await inThread(
        judge.value,
        Array.from({ length: MESSAGES }, (_, n) => bodyOf(n)),
      )),
    ];
  },
};

function againstJson(judge: Judge): readonly Line[] {
  const events = Array.from({ length: MESSAGES }, (_, n) => eventOf(n));
  const ratios: number[] = [];
  const each: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const json = timedNow(() => {
      for (const event of events) JSON.parse(JSON.stringify(event));
    });
    const judged = timedNow(() => {
      for (const event of events) judge(messageOf(event.content.body), context);
    });
    ratios.push(json / judged);
    each.push((judged / MESSAGES) * 1_000);
  }
  const what = '50 rules and 2,000 words over chat messages; against a JSON round trip of the same events';
  const measured = ratios.slice(10);
  return [
    line('policy scan', measured, { unit: 'x', target: '>= 0.25', what }),
    line('policy scan, of one message', each.slice(10), { unit: '', what: 'microseconds' }),
  ];
}

/** As Synapse sends it to an appservice. */
function eventOf(n: number) {
  return {
    type: 'm.room.message',
    room_id: `!room${n % 40}:${DOMAIN}`,
    sender: `@user${n % 9}:${DOMAIN}`,
    event_id: `$${'abcdefghij'.repeat(4)}${n}`,
    origin_server_ts: 1_760_000_000_000 + n,
    content: { msgtype: 'm.text', body: bodyOf(n), 'm.mentions': {} },
    unsigned: { age: 1_234, membership: 'join', transaction_id: `m${n}` },
    user_id: `@user${n % 9}:${DOMAIN}`,
    age: 1_234,
  };
}

/** One in ten has a number, one in twenty something that is not ASCII. */
function bodyOf(n: number): string {
  const body = `${text()}.`;
  if (n % 10 === 0) return `${body} Order 48${n}, 12:30?`;
  return n % 20 === 1 ? `${body} Grüße 👍` : body;
}

const spread: readonly (readonly [name: string, (length: number) => string])[] = [
  ['digits, spaced', (length) => filled('4 1 1 1 ', length)],
  ['digits', (length) => filled('4111111111111112', length)],
  ['one letter', (length) => filled('a', length)],
  ['beginnings of words', (length) => filled(`${beginnings} `, length)],
  ['one word of a lexicon', (length) => filled(`${hits[1] ?? ''} `, length)],
  ['look-alikes', (length) => filled('саll mу сеll ', length)],
  ['signs for letters', (length) => filled('c@ll my c3ll ', length)],
  ['at signs', (length) => filled('@', length)],
  ['zero-width', (length) => filled('a\u200b', length)],
  ['letters that grow', (length) => filled('\ufdfa', length)],
  ['words that promise a pattern', (length) => filled('promise a wire the call my ', length)],
  ['context words', (length) => filled('card number 4111 1111 1111 1112 ', length)],
  ['every rule hit', (length) => filled(`${hits.join('. ')} `, length)],
];

/** In a process that judges all day; what the first judgements of such a text cost is told beside it. */
function adversarial(judge: Judge, length: number): readonly Line[] {
  const benign = messageOf(benignText(length));
  return spread.map(([name, make]) => {
    const message = messageOf(make(length));
    const once = (): { slow: number; benign: number } => ({
      slow: timeOf(judge, message, length),
      benign: timeOf(judge, benign, length),
    });
    const first = once();
    for (const warm of [message, benign]) {
      for (let judged = 0; judged < WARM_CHARACTERS; judged += length) judge(warm, context);
    }
    const rounds = Array.from({ length: TEXT_ROUNDS }, once);
    const ms = percentile(
      rounds.map(({ slow }) => slow),
      0.5,
    );
    const at = (first.slow / first.benign).toFixed(1);
    const what = `${length} characters, ${ms.toFixed(2)} ms; against ordinary ones; at first ${at} x`;
    const ratios = rounds.map((round) => round.slow / round.benign);
    return line(`policy: ${name}`, ratios, { unit: 'x', target: '<= 5', what });
  });
}

function benignText(length: number): string {
  let body = '';
  for (let n = 0; body.length < length; n += 1) body += `${bodyOf(n)}\n`;
  return body.slice(0, length);
}

/** Milliseconds of one judgement; short texts are judged several times. */
function timeOf(judge: Judge, message: JudgedMessage, length: number): number {
  const repeats = Math.max(1, Math.floor(10_000 / length));
  const all = timedNow(() => {
    for (let n = 0; n < repeats; n += 1) judge(message, context);
  });
  return all / repeats;
}

function filled(part: string, length: number): string {
  return part.repeat(Math.ceil(length / part.length)).slice(0, length);
}
