import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { shortMessage } from '../../../src/networks/smpp/codec/pdu.ts';
import { status } from '../../../src/networks/smpp/codec/status.ts';
import { tags } from '../../../src/networks/smpp/codec/tlv.ts';
import { smpp } from '../../../src/networks/smpp/smpp.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { carrierAccount, until } from '../../support/carrier.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { scriptedCarrier, type ScriptedCarrier } from '../../support/scripted-carrier.ts';

const [line, customer] = [must(parseAddress('+12025550100')), must(parseAddress('+12025550199'))];
const seconds = 1_000;

interface Rig extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly core: TestCore;
  readonly connector: Connector;
}

/** The connector with the times that it has when the config gives none. */
async function join(carrier: ScriptedCarrier): Promise<Rig> {
  const clock = new ManualClock();
  const core = new TestCore({ clock });
  const connector = smpp.open(core.context(), { host: '127.0.0.1', port: carrier.port, ...carrierAccount });
  await connector.start();
  return {
    clock,
    core,
    connector,
    [Symbol.asyncDispose]: async () => {
      let stopped = false;
      const stopping = connector.stop(2_000).finally(() => {
        stopped = true;
      });
      await until('the stop', () => {
        clock.advance(5);
        return stopped;
      });
      await stopping;
    },
  };
}

function connected(core: TestCore): number {
  return core.states.filter(({ name }) => name === 'connected').length;
}

function send({ connector }: Rig) {
  return connector.send({ position: must(parsePosition(1)), attempt: 1, from: line, to: customer, text: 'Hello' });
}

/** Nothing is tried before `ms` are over, then at once. */
async function triedAgainAfter(ms: number, carrier: ScriptedCarrier, { clock }: Rig): Promise<void> {
  const before = carrier.count('bind_transceiver');
  await until('the wait', () => clock.timers === 1);
  expect(clock.nextAt).toBe(clock.now() + ms);
  clock.advance(ms);
  await until('the next bind', () => carrier.count('bind_transceiver') === before + 1);
}

describe('a bind that the carrier refuses', () => {
  test('because it still holds our old session is tried once a minute until it lets go', async () => {
    await using carrier = await scriptedCarrier();
    carrier.bindStatus = status.alreadyBound;
    await using rig = await join(carrier);
    await until('the refusal', () => rig.core.states.at(-1)?.detail !== undefined);
    expect(rig.core.states.at(-1)).toMatchObject({
      name: 'connecting',
      detail: expect.stringContaining('bound already'),
    });
    await triedAgainAfter(60 * seconds, carrier, rig);
    carrier.bindStatus = status.ok;
    await triedAgainAfter(60 * seconds, carrier, rig);
    await until('bound', () => rig.core.state === 'connected');
    expect(carrier.open).toBe(1);
  });

  test.each([status.invalidPassword, status.invalidSystemId, status.bindFailed, status.invalidSystemType])(
    'for our account (%i) is told as that, tried again after five minutes, and heals when the account is right',
    async (code) => {
      await using carrier = await scriptedCarrier();
      carrier.bindStatus = code;
      await using rig = await join(carrier);
      await until('the refusal', () => rig.core.state === 'bad-credentials');
      expect(rig.core.states.at(-1)?.detail).toContain('check both');
      await expect(send(rig)).resolves.toMatchObject({ state: 'retry', scope: 'connector', reason: 'provider-down' });
      await triedAgainAfter(300 * seconds, carrier, rig);
      await until('the second refusal', () => rig.core.state === 'bad-credentials');
      carrier.bindStatus = status.ok;
      await triedAgainAfter(300 * seconds, carrier, rig);
      await until('bound', () => rig.core.state === 'connected');
    },
  );
});

describe('a carrier that falls silent', () => {
  test('is asked every half minute, left after two questions without an answer, and bound again', async () => {
    await using carrier = await scriptedCarrier();
    await using rig = await join(carrier);
    await until('bound', () => rig.core.state === 'connected');
    carrier.alive = false;
    rig.clock.advance(30 * seconds);
    await until('the first question', () => carrier.count('enquire_link') === 1);
    rig.clock.advance(30 * seconds);
    await until('the second question', () => carrier.count('enquire_link') === 2);
    const sending = send(rig);
    await until('the text', () => carrier.count('submit_sm') === 1);
    rig.clock.advance(30 * seconds);
    await expect(sending).resolves.toMatchObject({ state: 'unknown' });
    expect(rig.core.logged.some((one) => one.startsWith('smpp.silent'))).toBe(true);
    await until('the loss to be told', () => rig.core.state === 'connecting');
    await until('the end of the old session', () => carrier.open === 0);
    carrier.alive = true;
    rig.clock.advance(60 * seconds);
    await until('bound again', () => connected(rig.core) === 2);
  });

  test('but answers when it is asked keeps its session', async () => {
    await using carrier = await scriptedCarrier();
    await using rig = await join(carrier);
    await until('bound', () => rig.core.state === 'connected');
    const idle = rig.clock.timers;
    for (let round = 1; round <= 6; round += 1) {
      rig.clock.advance(30 * seconds);
      await until('the question', () => carrier.count('enquire_link') === round);
      await until('its answer', () => rig.clock.timers === idle);
    }
    expect(carrier.count('bind_transceiver')).toBe(1);
    expect(carrier.open).toBe(1);
  });

  test('and never answers the bind is left after ten seconds', async () => {
    await using carrier = await scriptedCarrier();
    carrier.bindStatus = status.ok;
    carrier.silentBinds = true;
    await using rig = await join(carrier);
    await until('the bind', () => carrier.count('bind_transceiver') === 1);
    rig.clock.advance(10 * seconds);
    await until('the loss to be told', () => rig.core.states.at(-1)?.detail !== undefined);
    expect(rig.core.states.at(-1)?.detail).toContain('did not answer the bind');
  });
});

describe('the carrier', () => {
  test('that asks whether we are there is answered, also before it has answered our bind', async () => {
    await using carrier = await scriptedCarrier();
    carrier.silentBinds = true;
    await using rig = await join(carrier);
    await until('the bind', () => carrier.count('bind_transceiver') === 1);
    carrier.write(encodePdu({ command: 'enquire_link', status: 0, sequence: 77 }));
    await until('our answer', () => carrier.count('enquire_link_resp') === 1);
    expect(carrier.seen.at(-1)).toEqual({ command: 'enquire_link_resp', status: 0, sequence: 77 });
    expect(rig.core.state).toBe('connecting');
  });

  test('has to wait while the record is slow: only so much is taken in at a time, and nothing is lost', async () => {
    await using carrier = await scriptedCarrier();
    await using rig = await join(carrier);
    await until('bound', () => rig.core.state === 'connected');
    const commit = Promise.withResolvers<undefined>();
    let [asked, most] = [0, 0];
    rig.core.gate = async () => {
      asked += 1;
      most = Math.max(most, asked);
      await commit.promise;
      asked -= 1;
    };
    const octets = 4 * 1_024;
    const texts = 300;
    for (let sequence = 1; sequence <= texts; sequence += 1) carrier.write(longText(sequence, octets));
    await until('the first to be taken in', () => asked > 32);
    commit.resolve(undefined);
    await until('all answers', () => carrier.count('deliver_sm_resp') === texts);
    // Sixty-four under way stop the reading; what had been read with the last of them is taken in too.
    expect(most).toBeLessThanOrEqual(64 + 65_536 / octets);
    expect(carrier.seen.every((pdu) => pdu.status === 0)).toBe(true);
    expect(new Set(rig.core.texts.map((text) => text.trim())).size).toBe(texts);
  });
});

/** Each from another person, so that none waits for another. */
function longText(sequence: number, octets: number): Buffer {
  const source = { ton: 1, npi: 1, value: String(12_025_550_000 + sequence) };
  const destination = { ton: 1, npi: 1, value: line.slice(1) };
  const value = Buffer.from(String(sequence).padEnd(octets));
  const tlvs = [{ tag: tags.messagePayload, value }];
  const pdu = shortMessage({ command: 'deliver_sm', source, destination, shortMessage: Buffer.alloc(0), tlvs });
  return encodePdu({ ...pdu, status: 0, sequence });
}
