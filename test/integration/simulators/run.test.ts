/** The simulators from the command line, and docs/simulators.md to the letter. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { until } from '../../support/carrier.ts';
import { SimulatorProcess } from './child.ts';
import { joined } from './joined.ts';
import { atFreePorts, page, sectionsOf } from './tried.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-simulator-'));
  writeFileSync(path.join(folder, 'carrier.password'), 'secret08');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const start = (args: readonly string[]): SimulatorProcess => new SimulatorProcess(args, folder);
const sections = sectionsOf(page);

function sectionOf(name: string) {
  const found = sections.find((one) => one.name === name);
  if (found === undefined) throw new Error(`docs/simulators.md has no ${name}`);
  return atFreePorts(found);
}

describe('what docs/simulators.md says', () => {
  test.each(sections.map(({ name }) => name))(
    '%s: a customer is heard, is answered, and the simulator says both',
    async (name) => {
      const section = await sectionOf(name);
      await using simulator = start(section.args);
      await simulator.listens();
      await using house = await joined(section);
      const { core, connector, line } = house;
      await until('connected', () => core.state === 'connected');
      simulator.type(section.line);
      await until('the customer on record', () => core.texts.includes('Is the blue one still available?'));
      const [heard] = core.events.flatMap((event) => (event.kind === 'message' ? [event.message] : []));
      expect(heard?.to).toBe(line);
      if (name !== 'signal-cli') await simulator.says('that it was taken', (said) => said['taken'] === true);
      const answer = { position: must(parsePosition(7)), attempt: 1, from: line, text: 'Yes! Shall I hold one?' };
      const sent = await connector.send({ ...answer, to: heard?.from ?? line });
      expect(sent.state).toMatch(/^(?:sent|pending)$/u);
      const received = await simulator.says('the answer', (said) => 'received' in said);
      expect(JSON.stringify(received)).toContain('Yes! Shall I hold one?');
      expect(simulator.said.filter((said) => 'trouble' in said)).toEqual([]);
      expect({ err: simulator.err, code: await simulator.ended('SIGTERM') }).toEqual({ err: '', code: 0 });
    },
    30_000,
  );

  test('is about every simulator that there is', async () => {
    await using all = start([]);
    expect(await all.ended()).toBe(0);
    const names = Array.from(all.out.matchAll(/^npm run simulator -- (\S+)/gmu), ([, name]) => name);
    expect(names).toEqual(sections.map(({ name }) => name).sort());
    for (const { line } of sections) expect(all.out.replaceAll(' ', '')).toContain(line.replaceAll(' ', ''));
  });
});

describe('a simulator that is asked wrongly says what to write:', () => {
  const at = ['--listen', '127.0.0.1:0'];
  const account = ['--system-id', 'acme', '--password-file', 'carrier.password'];
  test.each([
    ['a name that is none', ['imessage'], 2, '"imessage" is no simulator: there are android, line'],
    ['a name from elsewhere', ['toString'], 2, '"toString" is no simulator'],
    ['without what it needs', ['smpp', ...at], 2, '--system-id, --password-file, --log are missing'],
    ['without a place', ['telegram'], 2, '--listen is missing'],
    ['a place that is none', ['telegram', '--listen', 'here'], 2, 'as 127.0.0.1:8100'],
    ['a port that is none', ['telegram', '--listen', '127.0.0.1:99999'], 2, 'as 127.0.0.1:8100'],
    ['an option that it has not', ['telegram', '--colour', 'blue'], 2, "Unknown option '--colour'"],
    ['a value that it has not', ['android', ...at, '--server', 'moon'], 2, '--server: write local or cloud'],
    ['a port that is a word', ['signal-cli', ...at, '--account', '+1', '--http-port', 'x'], 2, '--http-port: write'],
    ['an address of others', ['android', '--listen', '192.0.2.1:0'], 1, 'no address of this machine'],
    ['a file that is not there', ['telegram', ...at, '--token-file', 'no'], 1, "no can't be read or written (ENOENT)"],
    ['a log that is nowhere', ['smpp', ...at, ...account, '--log', 'no/log'], 1, "no/log can't be read or written"],
  ])('%s', async (_what, args, code, words) => {
    await using simulator = start(args);
    expect(await simulator.ended()).toBe(code);
    expect(simulator.err).toContain(words);
    expect(simulator.err.split('\n')).toHaveLength(2);
  });

  test('a port that is taken', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const taken = `127.0.0.1:${String(address !== null && typeof address === 'object' ? address.port : 0)}`;
    for (const name of sections.map((one) => one.name)) {
      const { args } = await sectionOf(name);
      const place = args.indexOf('--listen') + 1;
      await using simulator = start(args.map((word, index) => (index === place ? taken : word)));
      expect({ name, code: await simulator.ended(), err: simulator.err }).toEqual({
        ...{ name, code: 1 },
        err: `${taken} is taken: another program listens there. Name another port.\n`,
      });
    }
    other.close();
  });

  test('--help behind a name is about that one', async () => {
    await using simulator = start(['smpp', '--help']);
    expect(await simulator.ended()).toBe(0);
    expect(simulator.out).toContain('--password-file');
    expect(simulator.out).not.toContain('telegram');
  });
});

describe('between a simulator and Gatehouse', () => {
  test('a phone that nobody has asked to call says so', async () => {
    const section = await sectionOf('android');
    await using simulator = start(section.args);
    await simulator.listens();
    simulator.type(section.line);
    await until('the complaint', () => simulator.err.includes('\n'));
    expect(simulator.err).toBe('nobody has registered a webhook yet: start Gatehouse first\n');
  });

  test('a line that means nothing is said to, with one that does; the next is heard', async () => {
    const section = await sectionOf('telegram');
    await using simulator = start(section.args);
    await simulator.listens();
    simulator.type('hello');
    simulator.type('{"from": "Kim", "text": "hi"}');
    await until('the complaint', () => simulator.err.split('this line means nothing here').length === 3);
    expect(simulator.err).toContain('→ at from');
    expect(simulator.err).toContain('{"from": 7700111, "name": "Kim"');
    expect(await simulator.ended('SIGINT')).toBe(0);
  });

  test('a secret that differs is told by both, and taken once it is right', async () => {
    const section = await sectionOf('whatsapp');
    await using simulator = start(section.args);
    await simulator.listens();
    simulator.type(section.line);
    await simulator.says('that nobody answers', (said) => JSON.stringify(said).includes('nobody answers'));
    {
      const wrong = section.config.replace('appSecret: app-secret', 'appSecret: another');
      await using house = await joined({ ...section, config: wrong });
      await simulator.says('that it is refused', (said) => JSON.stringify(said).includes('answers 401'));
      expect(house.core.events).toEqual([]);
    }
    await using right = await joined(section);
    await simulator.says('that it was taken', (said) => said['taken'] === true);
    expect(right.core.heard).toEqual(['Is the blue one still available?']);
  });

  test.each([
    ['telegram', '123456:AAF', '123456:BBB'],
    ['whatsapp', 'token: EAAJB-simulated-token', 'token: another'],
    ['twilio', 'authToken: f0e1', 'authToken: 0000'],
    ['android', 'password: simulated', 'password: another'],
    ['smpp', 'password: secret08', 'password: another'],
    ['line', 'token: channel-token', 'token: another'],
    ['messenger', 'token: page-token', 'token: another'],
  ])('%s: a password or token that differs is refused, and Gatehouse says so', async (name, right, wrong) => {
    const section = await sectionOf(name);
    expect(section.config).toContain(right);
    await using simulator = start(section.args);
    await simulator.listens();
    await using house = await joined({ ...section, config: section.config.replace(right, wrong) });
    await until(`it to be said (${JSON.stringify(house.core.states)})`, () => house.core.state === 'bad-credentials');
    expect(house.core.states.at(-1)?.detail).toMatch(/.{10,}/u);
  });
});
