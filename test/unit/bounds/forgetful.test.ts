import { describe, expect, test } from '@jest/globals';
import { must, parseMillis, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import { PAGES_KEPT, PageMemory } from '../../../src/bot/compliance/page-memory.ts';
import { Recent } from '../../../src/bridge/recent.ts';
import { BoundedMap } from '../../../src/matrix/bounded-map.ts';
import { Background } from '../../../src/networks/smpp/background.ts';
import { SentMessages, remoteId } from '../../../src/networks/smpp/sent-messages.ts';
import { Unanswered } from '../../../src/networks/smpp/unanswered.ts';
import { Aside, asideMax } from '../../../src/tasks/aside.ts';
import { lane, parsePosition, taskIdFor } from '../../../src/core/ids.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog } from '../../support/quiet.ts';

const at = must(parseMillis(1_000));

describe('what can be asked for again is forgotten, the oldest first', () => {
  test.each([
    ['bounded maps', new BoundedMap<number, string>(100)],
    ['recent things', new Recent<number, string>(100)],
  ])('in %s', (_name, map) => {
    for (let n = 0; n < 150; n += 1) map.set(n, `${n}`);
    map.set(50, 'used again');
    map.set(150, '150');
    expect(map.get(49)).toBeUndefined();
    expect(map.get(51)).toBeUndefined();
    expect(map.get(50)).toBe('used again');
    expect(map.get(150)).toBe('150');
  });

  test('pages of answers at a desk', () => {
    const pages = new PageMemory(new ManualClock());
    const room = must(parseRoomId('!desk:acme.example'));
    const page = { query: 'x', cursor: { size: 1, last: 1, found: 5 }, shown: 5 };
    const user = (n: number) => must(parseUserId(`@o${n}:acme.example`));
    for (let n = 0; n <= PAGES_KEPT; n += 1) pages.keep(room, user(n), page);
    expect(pages.next(room, user(0))).toBeUndefined();
    expect(pages.next(room, user(PAGES_KEPT))).toEqual(page);
  });

  test('texts that wait for their last receipt, on disk too', () => {
    const sent = new SentMessages('raw');
    const edits = Array.from({ length: 20_001 }, (_, n) => sent.add({ key: `${n}.1`, ids: [remoteId(`id${n}`)], at }));
    expect(edits.at(-2)).toHaveLength(1);
    expect(edits.at(-1)).toEqual([expect.objectContaining({ key: 'sent:20000.1' }), { key: 'sent:0.1', value: null }]);
    const receipt = { state: 'delivered', word: 'DELIVRD' } as const;
    expect(sent.match({ ...receipt, id: 'id0' })).toBeUndefined();
    expect(sent.match({ ...receipt, id: 'id1' })).toBeDefined();
  });

  test('texts whose answer was perhaps not received, on disk too', () => {
    const kv = {
      get: () => Promise.resolve(undefined),
      list: () => Promise.resolve([]),
      apply: () => Promise.resolve(),
    };
    const unanswered = new Unanswered({ clock: new ManualClock(), kv, background: new Background(new KeptLog()) });
    for (let n = 0; n < 10_000; n += 1) expect(unanswered.recorded(`l${n}`, 1)).toEqual([]);
    expect(unanswered.recorded('one more', 1)).toEqual([{ key: 'unanswered:l0', value: null }]);
    expect(unanswered.mayRepeat('l0', 2)).toBe(false);
    expect(unanswered.mayRepeat('l1', 2)).toBe(true);
  });
});

describe('lanes that stepped aside', () => {
  test('are remembered up to a limit; the rest is looked for on disk when one comes back', async () => {
    const woken: string[] = [];
    let looks = 0;
    const aside = new Aside({
      wake: (one) => woken.push(one),
      look: () => (looks += 1),
    });
    const task = (n: number) => ({ lane: lane('out', `p${n}`), id: taskIdFor(must(parsePosition(n)), 'send') });
    const first = Promise.withResolvers<undefined>();
    const never = new Promise<void>(() => undefined);
    aside.put(task(1), first.promise);
    for (let n = 2; n <= asideMax + 5; n += 1) aside.put(task(n), never);
    expect(aside.size).toBe(asideMax);
    expect(aside.holds(task(2).lane, task(2).id)).toBe(true);
    expect(aside.holds(task(asideMax + 1).lane, task(asideMax + 1).id)).toBe(false);
    first.resolve(undefined);
    await first.promise;
    await new Promise(setImmediate);
    expect(woken).toEqual(['out:p1']);
    expect(looks).toBe(1);
  });
});
