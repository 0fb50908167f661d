/** The homeserver crashes while a transaction is held open, and loses what it had yet to bring: nothing is missing in the end. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { bodyOf, chatWith, HOUSE_START_MS, marked, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import { holdingProxy, type HoldingProxy } from '../../support/holding-proxy.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
const A_MINUTE_MS = 60_000;
/** A look waits until the stream has brought what it read, however much comes meanwhile. */
const LOOK_MS = 180_000;

let staffed: StaffedHouse;
let proxy: HoldingProxy;
let alice: StaffClient;
let olivia: StaffClient;
let deals: string;
let chat: string;

beforeAll(async () => {
  staffed = await staffedHouse({
    between: async (to, port) => {
      if (to !== 'archive') return port;
      proxy = await holdingProxy(port);
      return proxy.port;
    },
  });
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  deals = await alice.createRoom('Deals', ['@bob:acme.example']);
  staffed.house.carrier.text({ from: ANN, to: LINE, text: 'Hi' });
  chat = await chatWith(alice, '0199');
  await alice.message(chat, 'Hi');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
}, 60_000);

/** As alice's own client would ask, without its queue: what is not answered was not taken. */
async function api(method: string, what: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${staffed.house.synapse.url}/_matrix/client/v3/rooms/${what}`, {
    method,
    headers: { authorization: `Bearer ${alice.sdk.getAccessToken() ?? ''}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(said));
  return said;
}

async function say(room: string, text: string): Promise<void> {
  const txn = `${text.replaceAll(' ', '-')}-${String(performance.now())}`;
  const body = { msgtype: 'm.text', body: text };
  await api('PUT', `${encodeURIComponent(room)}/send/m.room.message/${txn}`, body);
}

const page = z.object({
  chunk: z.array(z.object({ content: z.object({ body: z.string().optional() }) })),
  end: z.string().optional(),
});

/** The texts with `word` that the homeserver has of a room. */
async function kept(room: string, word: string): Promise<readonly string[]> {
  const texts: string[] = [];
  let from = '';
  do {
    const query = `dir=b&limit=100${from === '' ? '' : `&from=${from}`}`;
    const got = page.parse(await api('GET', `${encodeURIComponent(room)}/messages?${query}`));
    texts.push(...got.chunk.flatMap(({ content }) => (content.body?.includes(word) === true ? [content.body] : [])));
    from = got.end ?? '';
  } while (from !== '');
  return texts;
}

/** How many records Gatehouse finds. */
async function recorded(query: string): Promise<number> {
  const printed = await staffed.house.command('search', query, '--limit', '1');
  return Number(/(\d+) found/u.exec(printed)?.[1]);
}

async function until(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const give = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > give) throw new Error(`${what}: not within ${String(withinMs)} ms`);
    await pause(250);
  }
}

async function logged(event: string): Promise<number> {
  const log = await readFile(path.join(staffed.house.dir, 'gatehouse.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes(event)).length;
}

async function gapsTold(): Promise<readonly string[]> {
  const desk = await roomNamed(olivia, 'Compliance');
  return olivia
    .timeline(desk)
    .map(bodyOf)
    .filter((text) => text.startsWith('Gap:'));
}

/** How many events of “Deals” these words call missing. */
function toldOfDeals(words: readonly string[]): number {
  const counts = words.map((text) => /^Gap: (\d+) events? of room “Deals”|room “Deals”: (\d+)/u.exec(text));
  return counts.reduce((all, count) => all + Number(count?.[1] ?? count?.[2] ?? 0), 0);
}

/** Sends until the homeserver is gone, several at a time, as colleagues do. */
async function sendMany(room: string, word: string, many: number, at: (sent: number) => void): Promise<void> {
  let next = 0;
  let sent = 0;
  const one = async (): Promise<void> => {
    for (;;) {
      next += 1;
      if (next > many) return;
      try {
        await say(room, `${word} ${String(next)}`);
      } catch {
        return;
      }
      sent += 1;
      at(sent);
    }
  };
  await Promise.all(Array.from({ length: 6 }, one));
}

describe('a homeserver that is killed while it brings a transaction', () => {
  test('loses events, which are on record within a minute of its return, and told once', async () => {
    await say(deals, 'before it all');
    await until('the first message is on record', A_MINUTE_MS, async () => (await recorded('"before it all"')) === 1);
    proxy.holdNext();
    const killed = Promise.withResolvers<undefined>();
    const sending = sendMany(deals, 'zebra', 200, (sent) => {
      if (sent === 120) {
        staffed.house.synapse.kill('SIGKILL').then(() => {
          killed.resolve(undefined);
        }, killed.reject);
      }
    });
    await proxy.untilHeld();
    await sendMany(chat, 'quagga', 3, () => undefined);
    await Promise.all([sending, killed.promise]);
    await staffed.house.synapse.restart();
    proxy.heal();
    const back = performance.now();
    const there = await kept(deals, 'zebra');
    expect(there.length).toBeGreaterThanOrEqual(120);
    await until('all of them are on record', A_MINUTE_MS, async () => (await recorded('zebra')) === there.length);
    expect(performance.now() - back).toBeLessThan(A_MINUTE_MS);
    const told = await olivia.until(
      'word of the gap',
      () =>
        olivia.sdk
          .getRooms()
          .flatMap((room) => olivia.timeline(room.roomId))
          .find((event) => bodyOf(event).startsWith('Gap:')),
      A_MINUTE_MS,
    );
    expect(bodyOf(told)).toMatch(
      /^Gap: \d+ events of .*\(.*\) were not delivered to us by the homeserver; fetched and recorded at \d\d:\d\d\./u,
    );
    expect(bodyOf(told)).toContain('room “Deals”');
    expect(await recorded('kind:gap.repaired')).toBe(1);
    const inChat = await kept(chat, 'quagga');
    const said = async (): Promise<boolean> => (await recorded('quagga')) >= inChat.length;
    await until('the chat with a customer is on record too', A_MINUTE_MS, said);
    expect(await staffed.house.command('verify')).toMatch(/unbroken/iu);
  }, 240_000);

  test('brings what is said afterwards by itself, and its customers are still answered', async () => {
    await say(deals, 'after it all');
    await until('the message is on record', A_MINUTE_MS, async () => (await recorded('"after it all"')) === 1);
    expect(await gapsTold()).toHaveLength(1);
    const said = await alice.sendText(chat, 'We are back');
    await marked(alice, { room: chat, event: said }, '✓✓', A_MINUTE_MS);
  }, 150_000);

  test('raises no false gap in a look with live traffic: told is what the homeserver never brought, and nothing else', async () => {
    const [before, looked] = [await gapsTold(), await logged('gaps.looked')];
    const going = new AbortController();
    const traffic = (async () => {
      for (let n = 1; !going.signal.aborted; n += 1) await say(deals, `giraffe ${String(n)}`);
    })();
    try {
      await staffed.reconfigure(() => undefined);
      await until('it looked again', LOOK_MS, async () => (await logged('gaps.looked')) > looked);
    } finally {
      going.abort();
      await traffic;
    }
    const there = await kept(deals, 'giraffe');
    await until('all of it is on record', A_MINUTE_MS, async () => (await recorded('giraffe')) === there.length);
    // Synapse forgets a transaction that it makes in the very moment in which it takes us for up again.
    const forgotten = there.filter((text) => !proxy.brought(`"${text}"`)).length;
    const told = async (): Promise<number> => toldOfDeals((await gapsTold()).slice(before.length));
    await until('the desk is told of what was forgotten', A_MINUTE_MS, async () => (await told()) >= forgotten);
    expect(await told()).toBe(forgotten);
  }, 300_000);
});

test('what the homeserver lost while Gatehouse was killed too is found at the next start', async () => {
  proxy.holdNext();
  const sending = sendMany(deals, 'okapi', 60, () => undefined);
  await proxy.untilHeld();
  await sending;
  await staffed.house.gatehouse.stop('SIGKILL');
  await staffed.house.synapse.kill('SIGKILL');
  proxy.heal();
  await staffed.house.synapse.restart();
  await staffed.house.gatehouse.start();
  await until('all of them are on record', A_MINUTE_MS, async () => (await recorded('okapi')) === 60);
  expect(await kept(deals, 'okapi')).toHaveLength(60);
}, 240_000);
