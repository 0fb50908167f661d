/** The obligations of every connector (`core/ports/connector.ts`), asked of it together with its network. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../src/core/ids.ts';
import type { Connector, ConnectorContext, OutboundMessage } from '../../src/core/ports/connector.ts';
import { until } from '../support/carrier.ts';
import { countedClock, TestCore } from './networks/test-core.ts';

/** A connector's network, as the kit needs it. Give a fresh one for each test. */
export interface Network {
  open(ctx: ConnectorContext): Connector;
  /** A customer writes; resolves when the network has handed it over and was told that it is taken. */
  customerWrites(text: string): Promise<boolean>;
  /** Something comes in that the connector can't make sense of. */
  poison(): Promise<void>;
  /** Whole texts that the network took from us. */
  received(): readonly string[];
  /** From now on the network takes texts and loses its answers to them. */
  loseAnswers(): void;
  /** Breaks the connection. */
  cut(): void;
  /** What must never be in a log. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

const own = must(parseAddress('+12025550100'));
const customer = must(parseAddress('+12025550199'));

function outbound(text: string, number = 1): OutboundMessage {
  return { position: must(parsePosition(number)), attempt: 1, from: own, to: customer, text };
}

export function connectorObligations(name: string, makeNetwork: () => Promise<Network>): void {
  describe(`${name} keeps the obligations of a connector`, () => {
    const clock = countedClock();
    let network: Network;
    let core: TestCore;
    let connector: Connector;

    beforeEach(async () => {
      network = await makeNetwork();
      core = new TestCore({ clock });
      connector = network.open(core.context());
      await connector.start();
      await until('connected', () => core.state === 'connected');
    });

    afterEach(async () => {
      await connector.stop(2_000);
      await network.close();
    });

    test('a message is acknowledged after it is on record, not before', async () => {
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
    });

    test('what could not be recorded is asked for again, and is heard once', async () => {
      let refusals = 2;
      core.gate = () => {
        refusals -= 1;
        return refusals >= 0 ? Promise.reject(new Error('disk full')) : Promise.resolve();
      };
      await expect(network.customerWrites('again')).resolves.toBe(true);
      expect(core.texts).toEqual(['again']);
    });

    test('who writes "ok" twice is heard twice, and neither is called a repeat', async () => {
      await network.customerWrites('ok');
      await network.customerWrites('ok');
      expect(core.texts).toEqual(['ok', 'ok']);
      expect(core.events.filter((event) => event.mayRepeat === true)).toEqual([]);
    });

    test('one message that makes no sense does not stop the next', async () => {
      await network.poison();
      await expect(network.customerWrites('still there?')).resolves.toBe(true);
      expect(core.texts).toContain('still there?');
    });

    test('a text goes out whole and has ids', async () => {
      const text = `Yes, €5 each. ${'A longer text needs parts. '.repeat(10)}`;
      const result = await connector.send(outbound(text));
      expect(result).toMatchObject({ state: 'sent' });
      expect(result.state === 'sent' && result.ids.length).toBeGreaterThan(0);
      expect(network.received()).toEqual([text]);
    });

    test('a send that is cut off before its answer is unknown, neither sent nor failed', async () => {
      network.loseAnswers();
      const sending = connector.send(outbound('Shall I hold one?'));
      await until('the network to have it', () => network.received().length === 1);
      network.cut();
      await expect(sending).resolves.toMatchObject({ state: 'unknown' });
    });

    test('what customers write while we are down comes when we are back', async () => {
      await connector.stop(2_000);
      const written = network.customerWrites('anybody?');
      const next = new TestCore({ kv: core.kv, clock });
      connector = network.open(next.context());
      await connector.start();
      await expect(written).resolves.toBe(true);
      expect(next.texts).toEqual(['anybody?']);
    });

    test('stopping ends by its deadline and leaves no timer', async () => {
      const began = clock.monotonic();
      await connector.stop(1_500);
      expect(clock.monotonic() - began).toBeLessThan(1_600);
      expect(core.state).toBe('stopped');
      expect(clock.timers).toBe(0);
      const sent = await connector.send(outbound('too late'));
      expect(sent).toMatchObject({ state: 'retry', scope: 'connector' });
    });

    test('logs and states hold no secret, no text and no number', async () => {
      await network.customerWrites('canary-sentence');
      await connector.send(outbound('canary-answer'));
      network.cut();
      await until('connected again', () => core.states.filter(({ name: state }) => state === 'connected').length === 2);
      const said = core.logged.join('\n') + JSON.stringify(core.states);
      for (const secret of [...network.secrets, 'canary', '2025550199', '2025550100'])
        expect(said).not.toContain(secret);
    });

    test('says before an attempt what it can never send', () => {
      const refusal = connector.refuses?.({ text: 'x'.repeat(100_000), to: customer });
      expect(refusal?.reason).toBe('too-long');
      expect(connector.refuses?.({ text: 'short', to: customer })).toBeUndefined();
    });
  });
}
