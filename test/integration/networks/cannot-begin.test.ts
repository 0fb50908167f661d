/** A connector that can't begin, in the house's own wiring: the bridge, its lanes and its gates are the real ones. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Connectors } from '../../../src/app/connectors.ts';
import { Passing } from '../../../src/bridge/alarms/passing.ts';
import { ConnectorSettings } from '../../../src/config/connector-settings.ts';
import type { RoomId } from '../../../src/core/ids.ts';
import type { ConnectorContext } from '../../../src/core/ports/connector.ts';
import { err } from '../../../src/core/result.ts';
import { createFetching, type Fetching } from '../../../src/networks/fetch/fetching.ts';
import { until } from '../../support/carrier.ts';
import { KeptMetrics } from '../../support/quiet.ts';
import { alice, carrier, FakeConnector, openHouse, sales, type House } from '../bridge/house.ts';

const SECRET = 'syt-revoked-4711';
const revoked = (): Promise<never> =>
  Promise.reject(new Error(`403: the token ${SECRET} was revoked\n    at somewhere`));
const forEver = (): Promise<never> => new Promise(() => undefined);

/** What the package makes; each life of it has a context of its own. */
class Attempted extends FakeConnector {
  stopped = 0;
  readonly ctx: ConnectorContext;
  readonly #begin: () => Promise<void>;
  /** How it ends. */
  end: () => Promise<void> = () => Promise.resolve();

  constructor(ctx: ConnectorContext, begin: () => Promise<void>) {
    super();
    this.ctx = ctx;
    this.#begin = begin;
  }

  override async start(): Promise<void> {
    this.ctx.state({ name: 'starting' });
    await this.#begin();
    this.ctx.state({ name: 'connected' });
  }

  override stop(): Promise<void> {
    this.stopped += 1;
    return this.end();
  }
}

let cwd: string;
let fetching: Fetching;
let house: House;
let connectors: Connectors;
let passing: Passing;
let attempts: Attempted[];
/** How each attempt to begin goes, the first one first; the last holds for all that follow. */
let begins: readonly (() => Promise<void>)[];

const well = (): Promise<void> => Promise.resolve();
const make = (ctx: ConnectorContext): Attempted => {
  const made = new Attempted(ctx, begins[Math.min(attempts.length, begins.length - 1)] ?? well);
  attempts.push(made);
  return made;
};

beforeEach(async () => {
  attempts = [];
  begins = [well];
  cwd = await mkdtemp(join(tmpdir(), 'gatehouse-begin-'));
  Reflect.set(globalThis, 'makeForTest', make);
  const example = JSON.stringify(resolve('packages/example-connector/index.js'));
  await writeFile(
    join(cwd, 'mine.mjs'),
    `import example from ${example};\nexport default { ...example, create: (ctx) => globalThis.makeForTest(ctx) };`,
  );
  connectors = new Connectors();
  house = await openHouse({ connectors: (id) => connectors.get(id) });
  fetching = createFetching({ clock: house.clock });
  passing = new Passing(house.clock);
});
afterEach(async () => {
  const stopped = connectors.stop();
  house.clock.advance(60_000);
  await stopped;
  await fetching[Symbol.asyncDispose]();
  await house[Symbol.asyncDispose]();
  await rm(cwd, { recursive: true, force: true });
  Reflect.deleteProperty(globalThis, 'makeForTest');
});

async function open(): Promise<void> {
  const given = { id: carrier, type: 'echo', package: './mine.mjs', api: 'http://127.0.0.1:1' };
  const secrets = { token: SECRET, secret: '0123456789abcdef' };
  const settings = ConnectorSettings.read({ ...given, ...secrets }, () => err('no secret here'));
  if (!settings.ok) throw new Error('the settings are wrong');
  const { clock, log, bridge, runner, test: on } = house;
  await connectors.open({
    ...{ settings: [settings.value], lines: [sales], cwd, publicUrl: 'https://gatehouse.example', fetching },
    ...{ journal: on.journal, bridge, gates: runner, passing, clock, log, metrics: new KeptMetrics() },
  });
}

/** From the making on; what a customer wrote before has made the room. */
async function started(...how: readonly (() => Promise<void>)[]): Promise<RoomId> {
  begins = how;
  await open();
  await connectors.start(house);
  await house.receive('hello');
  const room = [...house.homeserver.rooms].find(([, { made }]) => made.creationContent['org.gatehouse.portal']);
  if (room === undefined) throw new Error('no portal');
  return room[0];
}

/** Lets time pass until it has been tried so often. */
async function tried(times: number): Promise<void> {
  for (let second = 0; attempts.length < times; second += 1) {
    if (second > 3_600) throw new Error(`it was not tried ${String(times)} times in an hour`);
    await house.pass(1_000);
  }
}

const state = (): string | undefined => connectors.states()[carrier];
const warning = (): string => house.warnings.get('connector:carrier') ?? '';

describe('a connector that can not begin', () => {
  test('is tried again, and on the third try what staff wrote meanwhile goes out, once', async () => {
    const room = await started(revoked, revoked, well);
    expect(state()).toBe('failed');
    await house.write(alice, room, 'is the blue one still there?');
    await house.pass(3_000);
    expect(house.shown(room)).toContain('[⏳]');
    await tried(3);
    await until('connected', () => state() === 'connected');
    await house.pass(5_000);
    expect(attempts.map((one) => one.sent.map(({ text }) => text))).toEqual([[], [], ['is the blue one still there?']]);
    expect(house.shown(room).at(-1)).toBe('[✓]');
    expect(await house.entries('delivery.attempt')).toHaveLength(1);
    expect(house.warnings.has('connector:carrier')).toBe(false);
    expect(attempts.map(({ stopped }) => stopped)).toEqual([1, 1, 0]);
    expect(house.log.events().filter((event) => event === 'connector.start-failed')).toHaveLength(1);
    expect(house.log.events()).toContain('connector.begun');
  });

  test('is told of in the room after a minute, in the usual words, and once', async () => {
    const room = await started(revoked);
    await house.write(alice, room, 'hello Ann');
    for (let second = 0; second < 200; second += 1) await house.pass(1_000);
    const waiting = house.shown(room).filter((line) => line.includes('Waiting'));
    expect(waiting).toEqual([expect.stringContaining("SMS hasn't answered since")]);
    expect(attempts.flatMap(({ sent }) => sent)).toEqual([]);
  });

  test('is shown as failed all the while, with why and what to do, and without its secrets', async () => {
    await started(revoked);
    const seen = new Set<string | undefined>();
    for (let times = 2; times <= 4; times += 1) {
      await tried(times);
      seen.add(state());
    }
    expect([...seen]).toEqual(['failed']);
    expect(warning()).toBe(
      "carrier can't begin: 403: the token [secret] was revoked. Nothing goes out or comes in on its lines; it is tried " +
        'again by itself. Put that right, and after a change of the config restart Gatehouse.',
    );
    expect(passing.facts(carrier)).toEqual({ failed: true });
    expect(JSON.stringify(house.log.lines)).not.toContain(SECRET);
    expect(await house.entries('gate.changed')).toMatchObject([{ body: { open: false, reason: 'provider-down' } }]);
  });

  test('is tried less and less often, and never less than every five minutes', async () => {
    await started(revoked);
    for (let passed = 0; passed < 1_800; passed += 5) await house.pass(5_000);
    const inHalfAnHour = attempts.length;
    expect(inHalfAnHour).toBeLessThan(45);
    for (let passed = 0; passed < 300; passed += 5) await house.pass(5_000);
    expect(attempts.length).toBeGreaterThan(inHalfAnHour);
  });

  test('says nothing any more once it was given up, whatever its remains still do', async () => {
    await started(revoked, forEver);
    await tried(2);
    const [first, second] = attempts;
    first?.ctx.state({ name: 'connected' });
    expect([state(), first?.ctx.signal.aborted, second?.ctx.signal.aborted]).toEqual(['failed', true, false]);
    second?.ctx.state({ name: 'bad-credentials' });
    expect(state()).toBe('bad-credentials');
  });

  test('is not asked for its list before it has begun', async () => {
    await started(revoked);
    const asked = connectors.takeIn(carrier, house.clock.now(), new AbortController().signal);
    await expect(asked).rejects.toThrow('has not begun');
  });

  test('that throws at once instead of rejecting is one like any other', async () => {
    await started(() => {
      throw new Error('no');
    });
    expect(state()).toBe('failed');
  });
});

describe('the rest of the house', () => {
  test('waits ten seconds for a start that never ends, and goes on', async () => {
    begins = [forEver];
    await open();
    let on = false;
    const starting = connectors.start(house).then(() => (on = true));
    await house.pass(9_999);
    expect(on).toBe(false);
    await house.pass(1);
    await starting;
    expect(state()).toBe('starting');
  });

  test.each<readonly [string, () => Promise<void>]>([
    ['throws', () => Promise.reject(new Error('no'))],
    ['never ends', forEver],
  ])('ends although the stop of one %s', async (_how, end) => {
    await started(well);
    const [made] = attempts;
    if (made !== undefined) made.end = end;
    const stopping = connectors.stop();
    await house.pass(6_000);
    await stopping;
    expect(made?.stopped).toBe(1);
  });
});
