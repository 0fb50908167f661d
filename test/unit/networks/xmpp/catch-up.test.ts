import { beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import type { Log } from '../../../../src/core/ports/log.ts';
import type { Arrival } from '../../../../src/networks/xmpp/arrival.ts';
import { Iqs } from '../../../../src/networks/xmpp/iqs.ts';
import { readJid } from '../../../../src/networks/xmpp/jid.ts';
import { ns } from '../../../../src/networks/xmpp/namespaces.ts';
import { CatchUp } from '../../../../src/networks/xmpp/rooms/catch-up.ts';
import { Room } from '../../../../src/networks/xmpp/rooms/room.ts';
import { childOf, textOf, xml, type XmlElement } from '../../../../src/networks/xmpp/xml/element.ts';
import { until } from '../../../support/carrier.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const place = 'team@rooms.example';
const line = must(parseAddress('sales@sms.example'));

let clock: ManualClock;
let room: Room;
/** Questions to the archive, in order. */
let asked: XmlElement[];
/** What was handed on, in order. */
let taken: string[];
let logged: string[];
let iqs: Iqs;
let catchUp: CatchUp;
/** Whether what is handed on gets on record. */
let records: boolean;

const log: Log = {
  ...{ debug: () => undefined, info: () => undefined, error: () => undefined },
  warn: (event) => void logged.push(event),
  child: () => log,
};

beforeEach(() => {
  clock = new ManualClock();
  [asked, taken, logged, records] = [[], [], [], true];
  room = new Room({ line, room: must(parseAddress(place)), nick: 'Sales', configured: true });
  room.recall({ seen: 1_000_000, last: 'known', subject: undefined, name: undefined });
  room.hasArchive = true;
  room.setsIds = true;
  room.state = 'in';
  iqs = new Iqs({
    clock,
    timeoutMs: 5_000,
    write: (iq) => {
      asked.push(iq);
      return true;
    },
  });
  catchUp = new CatchUp({
    ...{ ctx: { clock, log }, iqs, jidOf: () => `${line}/gatehouse` },
    take: ({ stanza }, _room, archived) => {
      const text = textOf(childOf(stanza, ns.component, 'body'));
      if (records) taken.push(archived ? `archived: ${text}` : text);
      return Promise.resolve(records);
    },
  });
});

function enter(): void {
  catchUp.prepare(room);
  catchUp.entered(room);
}

function arrivalOf(stanza: XmlElement, octets = 100): Arrival {
  const from = readJid(stanza.attrs['from'] ?? '');
  if (from === undefined) throw new Error('no address');
  return { stanza, raw: Buffer.alloc(octets), from, line };
}

function live(text: string, octets?: number): boolean {
  const body = xml(ns.component, 'body', {}, [text]);
  const stanza = xml(ns.component, 'message', { from: `${place}/Bob`, type: 'groupchat' }, [body]);
  return catchUp.holds(arrivalOf(stanza, octets), room);
}

const queryOf = (): XmlElement | undefined => {
  const newest = asked.at(-1);
  return newest === undefined ? undefined : childOf(newest, ns.mam, 'query');
};

/** One result of the newest query. */
function archived(id: string, text: string, { from = place, writer = `${place}/Bob` } = {}): Promise<void> | undefined {
  const inner = xml(ns.client, 'message', { from: writer, type: 'groupchat' }, [xml(ns.client, 'body', {}, [text])]);
  const delay = xml(ns.delay, 'delay', { stamp: '2026-11-23T10:00:00Z' });
  const forwarded = xml(ns.forward, 'forwarded', {}, [delay, inner]);
  const result = xml(ns.mam, 'result', { queryid: queryOf()?.attrs['queryid'], id }, [forwarded]);
  return catchUp.result(arrivalOf(xml(ns.component, 'message', { from }, [result])), room);
}

function answer(type: 'result' | 'error', children: readonly XmlElement[]): void {
  const id = asked.at(-1)?.attrs['id'];
  iqs.take(xml(ns.component, 'iq', { type, from: place, id }, children));
}

function end(complete: boolean, last?: string): void {
  const set = xml(ns.paging, 'set', {}, last === undefined ? [] : [xml(ns.paging, 'last', {}, [last])]);
  answer('result', [xml(ns.mam, 'fin', complete ? { complete: 'true' } : {}, [set])]);
}

function refuse(condition: string): void {
  answer('error', [xml(ns.component, 'error', { type: 'cancel' }, [xml(ns.stanzaErrors, condition)])]);
}

const questions = (many: number) => until(`${String(many)} questions`, () => asked.length === many);
const handedOn = (many: number) => until(`${String(many)} messages`, () => taken.length === many);

/** Where the newest question begins. */
function since(): string {
  const query = queryOf();
  const set = query === undefined ? undefined : childOf(query, ns.paging, 'set');
  const after = set === undefined ? '' : textOf(childOf(set, ns.paging, 'after'));
  const form = query === undefined ? undefined : childOf(query, ns.dataForms, 'x');
  const start = form?.children.flatMap((one) => (typeof one !== 'string' && one.attrs['var'] === 'start' ? [one] : []));
  const value = start?.[0] === undefined ? '' : textOf(childOf(start[0], ns.dataForms, 'value'));
  return after === '' ? value : after;
}

describe("reading a room's archive", () => {
  test('goes page by page from what is on record, and what is said meanwhile comes after it', async () => {
    enter();
    expect(since()).toBe('known');
    expect(live('said meanwhile')).toBe(true);
    await archived('a1', 'one');
    end(false, 'a1');
    await questions(2);
    expect(since()).toBe('a1');
    await archived('a2', 'two');
    end(true, 'a2');
    await handedOn(3);
    expect(taken).toEqual(['archived: one', 'archived: two', 'said meanwhile']);
    await until('done', () => !live('later'));
    expect(room.behind).toBe(false);
  });

  test('goes by time where the room has forgotten the message', async () => {
    enter();
    refuse('item-not-found');
    await questions(2);
    expect(since()).toBe(new Date(1_000_000 - 60_000).toISOString());
    end(true);
    await until('done', () => !live('later'));
  });

  test('refused is given up, and said', async () => {
    enter();
    live('said meanwhile');
    refuse('forbidden');
    await handedOn(1);
    expect(logged).toEqual(['xmpp.archive-refused']);
    await until('done', () => !live('later'));
    expect(room.behind).toBe(false);
  });

  test('not answered it is asked again later from the same place, and the room goes on meanwhile', async () => {
    enter();
    live('said meanwhile');
    clock.advance(5_000);
    await handedOn(1);
    expect(room.behind).toBe(true);
    await until('not held', () => !live('more'));
    clock.advance(30_000);
    await questions(2);
    expect(since()).toBe('known');
  });

  test('after one that could not be put on record nothing later is, and it is asked again', async () => {
    enter();
    records = false;
    await archived('a1', 'one');
    records = true;
    await archived('a2', 'two');
    end(true, 'a2');
    await until('done', () => !live('later'));
    expect(taken.filter((text) => text.startsWith('archived'))).toEqual([]);
    expect(room.behind).toBe(true);
  });

  test.each([
    ['messages', 1_001, 100],
    ['bytes', 5, 1_000_000],
  ])('more %s than may wait are let go, and read from the archive afterwards', async (_what, many, octets) => {
    enter();
    for (let n = 0; n < many; n += 1) expect(live(`held ${String(n)}`, octets)).toBe(true);
    end(true);
    await handedOn(many - 1);
    await until('behind', () => !live('not held'));
    expect(room.behind).toBe(true);
    clock.advance(0);
    await questions(2);
  });

  test('is believed only from the room, for a question of ours, about its own people', async () => {
    enter();
    expect(archived('f1', 'forged', { from: `${place}/Mallory` })).toBeUndefined();
    await archived('f2', 'forged', { writer: 'other@rooms.example/Bob' });
    expect(taken).toEqual([]);
    catchUp.left(room);
    expect(archived('f3', 'late')).toBeUndefined();
  });

  test('stopped in the midst of it, what waits is left to the archive', async () => {
    enter();
    live('said meanwhile');
    catchUp.stop();
    end(true);
    await until('not held', () => !live('later'));
    expect(taken).toEqual([]);
  });

  test('is not asked of a room in which we never were, or that has none', () => {
    room.recall({ seen: undefined, last: undefined, subject: undefined, name: undefined });
    enter();
    room.recall({ seen: 1, last: undefined, subject: undefined, name: undefined });
    room.hasArchive = false;
    enter();
    expect(asked).toEqual([]);
    expect(live('x')).toBe(false);
  });
});
