/** What comes in is recorded, then answered, and nothing of it is lost or stands in the way of the next. */
import { expect } from '@jest/globals';
import { must, noMillis, parseMillis, parsePosition } from '../../../src/core/ids.ts';
import type { NetworkEvent } from '../../../src/core/ports/connector.ts';
import { until } from '../../support/carrier.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import type { Obligations } from '../connector-kit.ts';
import type { Rig } from '../rig.ts';

const BURST = 1_000;

async function acknowledgesAfterRecording({ network, core }: Rig): Promise<void> {
  const commit = Promise.withResolvers<undefined>();
  let asked = false;
  core.gate = async () => {
    asked = true;
    await commit.promise;
  };
  let acknowledged = false;
  const written = network.customerWrites('Is the blue one available?').then((taken) => {
    acknowledged = taken;
  });
  await until('the record to be asked', () => asked);
  expect(acknowledged).toBe(false);
  commit.resolve(undefined);
  await written;
  expect(acknowledged).toBe(true);
  expect(core.texts).toEqual(['Is the blue one available?']);
}

/** A provider that doesn't repeat lists it. */
async function asksAgain(rig: Rig): Promise<void> {
  const { network, core, connector } = rig;
  let refusals = 2;
  core.gate = () => {
    refusals -= 1;
    return refusals >= 0 ? Promise.reject(new Error('disk full')) : Promise.resolve();
  };
  const taken = await network.customerWrites('again');
  if (connector.capabilities().keepsInbound === 'list-call') {
    refusals = 0;
    await rig.takeMissed();
  } else expect(taken).toBe(true);
  expect(core.heard).toEqual(['again']);
}

async function hearsEqualTextsTwice({ network, core }: Rig): Promise<void> {
  await network.customerWrites('ok');
  await network.customerWrites('ok');
  expect(core.heard).toEqual(['ok', 'ok']);
  expect(core.texts).toEqual(['ok', 'ok']);
  expect(core.events.filter((event) => event.mayRepeat === true)).toEqual([]);
}

/** Where ids are no more than likenesses, the repeat has the same one and is said to be perhaps a repeat. */
async function knowsRepeats({ network, core }: Rig): Promise<void> {
  await network.customerWrites('once');
  const first = core.events.at(-1);
  const before = core.events.length;
  await expect(network.repeats()).resolves.toBe(true);
  const again = core.events.slice(before);
  if (first?.sure === true) {
    expect(core.heard).toEqual(['once']);
    expect(again.filter(({ id, sure }) => id !== first.id || !sure)).toEqual([]);
  } else expect(again).toMatchObject([{ id: first?.id, sure: false }]);
}

async function survivesPoison({ network, core }: Rig): Promise<void> {
  await network.poison();
  await expect(network.customerWrites('still there?')).resolves.toBe(true);
  expect(core.heard).toContain('still there?');
}

async function takesTheRestOfABatch({ network, core }: Rig): Promise<void> {
  if (network.batchAround === undefined) return;
  await expect(network.batchAround('before', 'after')).resolves.toBe(true);
  expect(core.heard).toEqual(['before', 'after']);
}

async function recordsWhatIsStrange({ network, core }: Rig): Promise<void> {
  if (network.sendsStrange === undefined) return;
  await expect(network.sendsStrange()).resolves.toBe(true);
  const strange = core.events.filter(
    (event) => event.kind === 'unsupported' || (event.kind === 'message' && event.message.unsupported !== undefined),
  );
  expect(strange).toHaveLength(1);
  expect(strange[0]?.raw.length).toBeGreaterThan(0);
}

/** Of a network that keeps nothing for us nothing is asked. */
async function hearsWhatCameWhileDown(rig: Rig): Promise<void> {
  const { network, connector } = rig;
  const { keepsInbound } = connector.capabilities();
  await rig.stop();
  const written = network.customerWrites('anybody?');
  await rig.restart();
  if (keepsInbound === 'nobody') return;
  await rig.takeMissed();
  const taken = await written;
  if (keepsInbound === 'provider-retries') expect(taken).toBe(true);
  expect(rig.core.heard).toEqual(['anybody?']);
}

/** What the provider gave up on is gone, or listed; it does no harm to what comes next. */
async function goesOnAfterTooLong(rig: Rig): Promise<void> {
  const { network, connector } = rig;
  const listed = connector.capabilities().keepsInbound === 'list-call';
  await rig.stop();
  const written = network.customerWrites('long ago');
  network.givesUp();
  if (!listed) await expect(written).resolves.toBe(false);
  await rig.restart();
  await rig.takeMissed();
  await expect(network.customerWrites('today')).resolves.toBe(true);
  expect(rig.core.heard).toEqual(listed ? ['long ago', 'today'] : ['today']);
}

function listsWhereItSays({ connector }: Rig): Promise<void> {
  const lists = connector.capabilities().keepsInbound === 'list-call';
  expect(connector.missed === undefined).toBe(!lists);
  return Promise.resolve();
}

/** For a network without a list there is nothing to be asked. */
async function listsUnderKnownIds({ network, core, connector }: Rig): Promise<void> {
  await network.customerWrites('one');
  await network.customerWrites('two');
  if (connector.missed === undefined) return;
  const listed: NetworkEvent[] = [];
  for await (const event of connector.missed(noMillis)) listed.push(event);
  expect(listed.map(({ id, sure }) => ({ id, sure }))).toEqual(core.events.map(({ id }) => ({ id, sure: true })));
  expect(listed.map(({ at }) => at)).toEqual(listed.map(({ at }) => at).sort((a, b) => a - b));
  const newest = must(parseMillis((listed.at(-1)?.at ?? 0) + 1_000));
  for await (const event of connector.missed(newest)) expect(event).toBeUndefined();
}

/** By the real journal: none lost, none twice, in the order in which they were written. */
async function recordsABurst({ network, core }: Rig): Promise<void> {
  await using record = await openTestJournal();
  core.journal = record.journal;
  const texts = Array.from({ length: BURST }, (_, number) => `burst ${String(number + 1)}`);
  const taken = await Promise.all(texts.map((text) => network.customerWrites(text)));
  expect(taken.filter((one) => !one)).toEqual([]);
  expect(core.heard).toEqual(texts);
  expect(await textsIn(record)).toEqual(texts);
}

async function textsIn({ journal }: TestJournal): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let position = 1; position <= (await journal.size()); position += 1) {
    const entry = await journal.read(must(parsePosition(position)));
    if (entry !== undefined && !('erased' in entry) && entry.kind === 'network.message') texts.push(entry.body.text);
  }
  return texts;
}

export const inboundObligations: Obligations = {
  'a message is acknowledged after it is on record, not before': acknowledgesAfterRecording,
  'what could not be recorded is asked for again, and is heard once': asksAgain,
  'who writes "ok" twice is heard twice, and neither is called a repeat': hearsEqualTextsTwice,
  'what the provider brings twice has the same id twice': knowsRepeats,
  'one message that makes no sense does not stop the next': survivesPoison,
  'one senseless item of a batch does not take the others with it': takesTheRestOfABatch,
  'what has no form with us is on record as what it is': recordsWhatIsStrange,
  'what customers write while we are down comes when we are back': hearsWhatCameWhileDown,
  'down for longer than the provider keeps anything, it hears what comes after': goesOnAfterTooLong,
  'has a list exactly where it says that the provider keeps one': listsWhereItSays,
  'what the provider lists has the ids under which it was heard': listsUnderKnownIds,
  'a burst of 1,000 messages is recorded whole and in order': recordsABurst,
};
