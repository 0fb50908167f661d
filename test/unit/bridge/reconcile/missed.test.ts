import { describe, expect, test } from '@jest/globals';
import { takeMissed } from '../../../../src/bridge/reconcile/missed.ts';
import type { NetworkEvent } from '../../../../src/core/ports/connector.ts';
import type { Appended } from '../../../../src/core/ports/recorder.ts';
import { ann, millis, position, sales, support } from '../../bot/samples.ts';

const now = millis(1_700_000_000_000);

function message(id: string, to = sales.address): NetworkEvent {
  const base = { id, sure: true, at: now, raw: Buffer.from(id) };
  return { ...base, kind: 'message', message: { to, from: ann, text: id } };
}

async function* listOf(events: readonly NetworkEvent[]): AsyncGenerator<NetworkEvent> {
  for (const event of events) yield await Promise.resolve(event);
}

/** A record that has `known` already. */
class Record_ {
  readonly taken: string[][] = [];
  readonly #known: ReadonlySet<string>;

  constructor(...known: readonly string[]) {
    this.#known = new Set(known);
  }

  readonly take = (events: readonly NetworkEvent[]): Promise<readonly Appended[]> => {
    this.taken.push(events.map((event) => event.id));
    return Promise.resolve(
      events.map((event, i) => ({ position: position(i + 1), duplicate: this.#known.has(event.id) })),
    );
  };
}

describe('what a provider lists', () => {
  test('is taken in, and what is on record already is counted apart', async () => {
    const record = new Record_('b');
    const since: number[] = [];
    const missed = (from: number) => {
      since.push(from);
      return listOf([message('a'), message('b'), message('c', support.address)]);
    };
    const { signal } = new AbortController();
    const listed = await takeMissed({ connector: { missed }, take: record.take, signal }, now);
    expect(since).toEqual([now]);
    expect(record.taken).toEqual([['a', 'b', 'c']]);
    expect(listed?.get(sales.address)).toEqual({ inbound: 2, takenIn: 1 });
    expect(listed?.get(support.address)).toEqual({ inbound: 1, takenIn: 1 });
  });

  test('comes a hundred at a time, however long the list is', async () => {
    const record = new Record_();
    const missed = () => listOf(Array.from({ length: 250 }, (_, i) => message(`m${String(i)}`)));
    await takeMissed({ connector: { missed }, take: record.take, signal: new AbortController().signal }, now);
    expect(record.taken.map((some) => some.length)).toEqual([100, 100, 50]);
  });

  test('is nothing for a provider without a list, and nothing is asked of the record for an empty one', async () => {
    const record = new Record_();
    const { signal } = new AbortController();
    expect(await takeMissed({ connector: {}, take: record.take, signal }, now)).toBeUndefined();
    const empty = await takeMissed({ connector: { missed: () => listOf([]) }, take: record.take, signal }, now);
    expect(empty?.size).toBe(0);
    expect(record.taken).toEqual([]);
  });

  test('ends when we are told to stop, with what was read by then on record', async () => {
    const record = new Record_();
    const stop = new AbortController();
    async function* missed(): AsyncGenerator<NetworkEvent> {
      yield await Promise.resolve(message('a'));
      stop.abort();
      yield message('b');
      yield message('c');
    }
    await takeMissed({ connector: { missed }, take: record.take, signal: stop.signal }, now);
    expect(record.taken).toEqual([['a', 'b']]);
  });

  test('that breaks off is an error of whoever asked, and is on record as far as whole pages came', async () => {
    const record = new Record_();
    async function* missed(): AsyncGenerator<NetworkEvent> {
      for (let i = 0; i < 120; i += 1) yield await Promise.resolve(message(`m${String(i)}`));
      throw new Error('503');
    }
    const taking = { connector: { missed }, take: record.take, signal: new AbortController().signal };
    await expect(takeMissed(taking, now)).rejects.toThrow('503');
    expect(record.taken.map((some) => some.length)).toEqual([100]);
  });
});
