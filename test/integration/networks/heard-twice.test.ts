import { describe, expect, test } from '@jest/globals';
import { kvOf } from '../../../src/app/connectors.ts';
import { createInbound } from '../../../src/bridge/inbound/inbound.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { must, noMillis, parsePosition } from '../../../src/core/ids.ts';
import type { EntryOf } from '../../../src/core/entry.ts';
import type { Connector, ConnectorContext, NetworkEvent } from '../../../src/core/ports/connector.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, startCarrier, until, type TestCarrier } from '../../support/carrier.ts';
import { openTestJournal, type TestJournal } from '../../support/journal.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { ann, carrier as connectorId, sales } from '../bridge/house.ts';
import { DOMAIN } from '../bridge/fake-homeserver.ts';

interface Recording extends AsyncDisposable {
  readonly core: TestCore;
  readonly connector: Connector;
  /** Called when a text has been committed, before the connector learns of it. */
  committed: () => Promise<void>;
}

/** The connector as the application joins it to the bridge: events and notes go into the journal in one commit. */
async function recording(journal: TestJournal['journal'], port: number): Promise<Recording> {
  const core = new TestCore();
  const inbound = createInbound(connectorId, {
    journal,
    lines: [sales],
    log: new KeptLog(),
    metrics: new KeptMetrics(),
  });
  const ctx: ConnectorContext = {
    ...core.context(),
    kv: kvOf(connectorId, journal),
    ingest: async (events, kv) => {
      await inbound.ingest(events, kv);
      await rig.committed();
    },
    outcome: (update, kv) => inbound.outcome(update, kv),
  };
  const reconnect = { first: '20ms', most: '50ms' };
  const made = smpp.open(ctx, { host: '127.0.0.1', port, ...carrierAccount, reconnect });
  const rig: Recording = {
    core,
    connector: made,
    committed: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => made.stop(2_000),
  };
  await made.start();
  await until('bound', () => core.state === 'connected');
  return rig;
}

function customerWrites({ carrier }: TestCarrier, text: string): Promise<boolean> {
  return carrier.delivered(carrier.deliver({ from: '+12025550199', to: sales.address, text }));
}

async function heard({ journal }: TestJournal): Promise<EntryOf<'network.message'>[]> {
  const entries: EntryOf<'network.message'>[] = [];
  for (let position = 1; position <= (await journal.size()); position += 1) {
    const entry = await journal.read(must(parsePosition(position)));
    if (entry !== undefined && !('erased' in entry) && entry.kind === 'network.message') entries.push(entry);
  }
  return entries;
}

/** Each text on record, and the position of the one that it may repeat. */
async function textsOf(journal: TestJournal): Promise<(readonly [string, number | undefined])[]> {
  return (await heard(journal)).map((entry) => [entry.body.text, entry.source.possibleDuplicateOf] as const);
}

/** Breaks the connection; resolves when the connector has told it. */
function lost({ carrier }: TestCarrier, { core }: Recording): Promise<void> {
  const told = core.states.length;
  carrier.disconnect();
  return until('the loss', () => core.states.length > told);
}

function openRecord(place?: TestJournal['place']): Promise<TestJournal> {
  const parts = [bridgeWriterPart({ domain: DOMAIN })];
  return openTestJournal(place === undefined ? { parts } : { parts, place });
}

describe('a customer, over TCP into the record', () => {
  test('who writes "ok" twice is heard twice, and neither is marked', async () => {
    await using carrier = await startCarrier();
    await using journal = await openRecord();
    await using rig = await recording(journal.journal, carrier.port);
    await expect(customerWrites(carrier, 'ok')).resolves.toBe(true);
    await expect(customerWrites(carrier, 'ok')).resolves.toBe(true);
    expect(rig.core.state).toBe('connected');
    expect(await textsOf(journal)).toEqual([
      ['ok', undefined],
      ['ok', undefined],
    ]);
  });

  test('who writes "ok" before a polite stop and "ok" after the start is heard twice, and neither is marked', async () => {
    await using carrier = await startCarrier();
    await using journal = await openRecord();
    const first = await recording(journal.journal, carrier.port);
    await customerWrites(carrier, 'ok');
    await first[Symbol.asyncDispose]();
    await using second = await recording(journal.journal, carrier.port);
    await customerWrites(carrier, 'ok');
    expect(second.core.state).toBe('connected');
    expect((await textsOf(journal)).map(([, repeats]) => repeats)).toEqual([undefined, undefined]);
  });

  test('whose text comes again, because the answer to it was lost, is on record twice, the second marked', async () => {
    await using carrier = await startCarrier();
    await using journal = await openRecord();
    await using rig = await recording(journal.journal, carrier.port);
    rig.committed = () => {
      rig.committed = () => Promise.resolve();
      return lost(carrier, rig);
    };
    await expect(customerWrites(carrier, 'call me')).resolves.toBe(true);
    const [first] = await heard(journal);
    expect(await textsOf(journal)).toEqual([
      ['call me', undefined],
      ['call me', first?.position],
    ]);
  });

  test('whose text was committed in a crash, before its answer, is marked when it comes again, a later one is not', async () => {
    await using carrier = await startCarrier();
    await using journal = await openRecord();
    const crashing = await recording(journal.journal, carrier.port);
    const gone = Promise.withResolvers<undefined>();
    let committed = false;
    crashing.committed = () => {
      committed = true;
      // Nothing after the commit happens any more in a process that is killed.
      return gone.promise;
    };
    const written = customerWrites(carrier, 'call me');
    await until('the commit', () => committed);
    carrier.carrier.disconnect();
    await crashing.connector.stop(50);
    await journal.close();

    await using again = await openRecord(journal.place);
    await using rig = await recording(again.journal, carrier.port);
    await expect(written).resolves.toBe(true);
    const [first] = await heard(again);
    expect(await textsOf(again)).toEqual([
      ['call me', undefined],
      ['call me', first?.position],
    ]);
    await rig[Symbol.asyncDispose]();
    await using next = await recording(again.journal, carrier.port);
    await customerWrites(carrier, 'call me');
    expect(next.core.state).toBe('connected');
    expect((await textsOf(again)).map(([, repeats]) => repeats)).toEqual([undefined, first?.position, undefined]);
  });

  test('whose long text comes again in its last part alone, because that answer was lost, is heard once', async () => {
    const text = 'A text that needs three parts. '.repeat(12);
    await using carrier = await startCarrier();
    await using journal = await openRecord();
    await using rig = await recording(journal.journal, carrier.port);
    rig.committed = async () => {
      if ((await heard(journal)).length === 0) return;
      rig.committed = () => Promise.resolve();
      await lost(carrier, rig);
    };
    await expect(customerWrites(carrier, text)).resolves.toBe(true);
    const given = carrier.lines().filter((line) => line.dir === 'out' && line.pdu === 'deliver_sm');
    expect(given).toHaveLength(4);
    expect(await textsOf(journal)).toEqual([[text, undefined]]);
  });
});

test('a message that a webhook brought while its provider listed it, in fewer words, is on record once', async () => {
  await using journal = await openRecord();
  const metrics = new KeptMetrics();
  const inbound = createInbound(connectorId, { journal: journal.journal, lines: [sales], log: new KeptLog(), metrics });
  const told = (text: string): NetworkEvent => {
    const message = { from: ann, to: sales.address, text };
    return { kind: 'message', id: 'SM1', sure: true, at: noMillis, raw: Buffer.from(text), message };
  };
  await inbound.ingest(told('Hello, with a place'));
  expect(await inbound.take([told('Hello')])).toMatchObject([{ duplicate: true }]);
  expect(await textsOf(journal)).toEqual([['Hello, with a place', undefined]]);
});
