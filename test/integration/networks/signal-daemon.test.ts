import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { until } from '../../support/carrier.ts';
import { ann, ourLine, outbound, says, secondLine, SignalHouse } from '../../support/signal-house.ts';
import { uuidOf } from '../../support/simulators/signal/people.ts';

const both = [ourLine, secondLine];

describe('a signal-cli daemon', () => {
  test('with one account takes no account, over a unix socket', async () => {
    await using undo = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'signal-'));
    undo.defer(() => rm(folder, { recursive: true }));
    const unixPath = join(folder, 'socket');
    const house = undo.use(await SignalHouse.open({ multi: false, unixPath }));
    const { core, connector } = await house.run(`unix://${unixPath}`);
    says(house.sim.customer(ann), { text: 'Hi' });
    await until('it', () => core.heard.length === 1);
    await expect(connector.send(outbound('Hello'))).resolves.toMatchObject({ state: 'sent' });
    expect(house.daemon.refused).toEqual(['-32601 Method not implemented']);
  });

  test('with accounts that are no lines of ours is not emptied of their messages', async () => {
    await using house = await SignalHouse.open({ accounts: both });
    const { core } = await house.run(house.sim.tcp);
    const [, stranger] = house.daemon.accounts;
    if (stranger === undefined) throw new Error('no account');
    const envelope = { sourceNumber: ann, sourceUuid: uuidOf(9), timestamp: 1_700_000_000_000, dataMessage: {} };
    house.daemon.receive(stranger, { envelope }).catch(() => undefined);
    says(house.sim.customer(ann), { text: 'for us' });
    await until('ours', () => core.heard.length === 1);
    expect(house.daemon.kept(stranger)).toBe(1);
  });

  test('without the account of our line says so', async () => {
    await using house = await SignalHouse.open({ accounts: [secondLine] });
    const { core } = await house.run(house.sim.tcp, { state: 'logged-out' });
    expect(core.states.at(-1)?.detail).toBe('signal-cli has no account of our lines: register or link them there');
  });

  test('without the account of one of two lines serves the other', async () => {
    await using house = await SignalHouse.open({ accounts: [ourLine] });
    const { core } = await house.run(house.sim.tcp, { lines: both, state: 'degraded' });
    says(house.sim.customer(ann), { text: 'Hi' });
    await until('it', () => core.heard.length === 1);
    expect(core.states.at(-1)?.detail).toMatch(/every line/u);
  });

  test('that does not hand over what comes in on one of two lines is asked for it again', async () => {
    await using house = await SignalHouse.open({ accounts: both });
    house.daemon.failsStreams = 1;
    const { core } = await house.run(house.sim.http, { lines: both, state: 'degraded' });
    expect(core.states.at(-1)?.detail).toMatch(/some of the lines: they are asked for again/u);
    await until('both lines', () => core.state === 'connected');
    says(house.sim.customer(ann), { text: 'Hi' });
    await until('it', () => core.heard.length === 1);
  });

  test('that receives by itself is told to the admin, and nothing is heard twice', async () => {
    await using house = await SignalHouse.open({ receiveMode: 'on-start' });
    const { core } = await house.run(house.sim.tcp);
    says(house.sim.customer(ann), { text: 'Hi' });
    await until('both', () => core.events.length === 2);
    expect(core.heard).toEqual(['Hi']);
    expect(core.states.at(-1)).toMatchObject({
      name: 'degraded',
      detail: expect.stringContaining('--receive-mode=manual'),
    });
  });

  test('that is away is tried again until it is there', async () => {
    await using house = await SignalHouse.open();
    const { core } = await house.run(house.sim.tcp);
    house.sim.cut();
    await until('away', () => core.states.filter(({ name }) => name === 'connecting').length > 1);
    await until('back', () => core.state === 'connected');
    says(house.sim.customer(ann), { text: 'Hi' });
    await until('it', () => core.heard.length === 1);
    expect(core.states.at(-1)).toEqual({ name: 'connected' });
  });
});
