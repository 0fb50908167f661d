import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { sampleRegistrations } from '../../../src/cli/registration-files.ts';
import { must, parseNetworkId } from '../../../src/core/ids.ts';
import { gatehouse, type Ran } from '../../support/cli.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gatehouse-init-'));
  writeFileSync(join(cwd, 'password'), 'hunter22\n', { mode: 0o600 });
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const flags = [
  ...['--domain', 'acme.example', '--line-number', '+1 202 555 0100', '--smpp-host', '127.0.0.1'],
  ...['--smpp-system-id', 'acme', '--smpp-password-file', 'password', '--staff', 'alice,bob', '--officers', 'olivia'],
];

function init(...more: readonly string[]): Promise<Ran> {
  return gatehouse(['init', ...flags, ...more], { cwd });
}
function read(file: string): string {
  return readFileSync(join(cwd, file), 'utf8');
}
function mode(file: string): number {
  return statSync(join(cwd, file)).mode & 0o777;
}
/** The four lines of the recovery sheet as they were printed. */
function sheetOf(ran: Ran): readonly string[] {
  return ran.said.filter((line) => /^ {4}[1-4]: {2}/u.test(line));
}

describe('gatehouse init', () => {
  test('makes an installation that config check accepts', async () => {
    const ran = await init();
    expect(ran.complained).toEqual([]);
    expect(ran.code).toBe(0);
    const check = await gatehouse(['config', 'check'], { cwd });
    expect(check.said).toEqual(['✓ config/gatehouse.yaml: 1 line, 1 desk']);
    expect(check.code).toBe(0);
  });

  test('writes every secret for its owner alone, and none into the config', async () => {
    await init();
    const secrets = [
      'master.key',
      'bridge-as-token',
      'bridge-hs-token',
      'archive-as-token',
      'archive-hs-token',
      'smpp',
    ];
    for (const name of secrets) expect(mode(`secrets/${name}`)).toBe(0o600);
    expect(mode('secrets')).toBe(0o700);
    expect(mode('registration.yaml')).toBe(0o600);
    expect(mode('registration.archive.yaml')).toBe(0o600);
    expect(statSync(join(cwd, 'secrets/master.key')).size).toBe(32);
    for (const name of secrets.slice(1))
      expect(read('config/gatehouse.yaml')).not.toContain(read(`secrets/${name}`).trim());
  });

  test('writes registrations with the tokens of the secrets, each another', async () => {
    await init();
    const tokens = new Set<unknown>();
    for (const [file, name] of [
      ['registration.yaml', 'bridge'],
      ['registration.archive.yaml', 'archive'],
    ] as const) {
      const registration: unknown = parse(read(file));
      expect(registration).toMatchObject({
        as_token: read(`secrets/${name}-as-token`).trim(),
        hs_token: read(`secrets/${name}-hs-token`).trim(),
      });
      tokens.add(read(`secrets/${name}-as-token`)).add(read(`secrets/${name}-hs-token`));
    }
    expect(tokens.size).toBe(4);
  });

  test('prints the lines for homeserver.yaml, the way to an admin token, what is off without it, and the recovery sheet', async () => {
    const ran = await init();
    const text = ran.said.join('\n');
    expect(text).toContain(
      `  app_service_config_files:\n    - ${cwd}/registration.yaml\n    - ${cwd}/registration.archive.yaml`,
    );
    expect(text).toContain('encryption_enabled_by_default_for_room_type: "off"');
    expect(text).toContain('/_matrix/client/v3/login');
    expect(text).toContain('mas-cli manage issue-compatibility-token');
    expect(text).toContain('Without it messages flow and are recorded');
    expect(sheetOf(ran)).toHaveLength(4);
    expect(text).not.toContain('hunter22');
  });

  test('never overwrites without --force, and with it never a secret', async () => {
    await init();
    const before = {
      key: read('secrets/master.key'),
      token: read('secrets/bridge-as-token'),
      config: read('config/gatehouse.yaml'),
    };
    const again = await init('--line-name', 'Other');
    expect(again.code).toBe(1);
    expect(again.complained[0]).toContain('exist already; --force replaces config and registrations, never a secret');
    expect(read('config/gatehouse.yaml')).toBe(before.config);
    const forced = await init('--line-name', 'Other', '--force');
    expect(forced.code).toBe(0);
    expect(read('config/gatehouse.yaml')).toContain('name: Other');
    expect(read('secrets/master.key')).toBe(before.key);
    expect(read('secrets/bridge-as-token')).toBe(before.token);
    expect(read('registration.yaml')).toContain(before.token.trim());
    expect(sheetOf(forced)).toEqual([]);
  });

  test('that was cut off before the config is run again with the same secrets, and shows the sheet', async () => {
    const first = await init();
    for (const file of ['config/gatehouse.yaml', 'registration.yaml', 'registration.archive.yaml'])
      rmSync(join(cwd, file));
    const second = await init();
    expect(second.code).toBe(0);
    expect(sheetOf(second)).toEqual(sheetOf(first));
    expect(second.said).toContain('✓ secrets/master.key was there and stays');
  });

  test('replaces the samples of the repository', async () => {
    for (const { name, text } of sampleRegistrations([must(parseNetworkId('sms'))]))
      writeFileSync(join(cwd, name), text);
    expect((await init()).code).toBe(0);
    expect(read('registration.yaml')).toContain(read('secrets/bridge-as-token').trim());
  });

  test('asks a person what it isn’t told, says what is wrong with an answer, and asks again', async () => {
    const answers = ['not a domain!', 'acme.example', '', '', '', '', '@olivia', 'America/New_York'];
    const ran = await gatehouse(['init'], { cwd, answers });
    expect(ran.code).toBe(0);
    expect(ran.said).toContain('  that is not a server name; acme.example would be one');
    expect(ran.asked[1]).toContain("Your homeserver's name");
    expect(ran.asked[2]).toBe('Where Gatehouse reaches Synapse [http://127.0.0.1:8008]: ');
    const config: unknown = parse(read('config/gatehouse.yaml'));
    expect(config).toMatchObject({
      lines: [],
      desks: [{ officers: ['@olivia:acme.example'], timezone: 'America/New_York' }],
    });
  });

  test('with two officers, what lets records go or out waits for the second one', async () => {
    const answers = ['acme.example', '', '', '', '', '@olivia, @omar', 'America/New_York'];
    expect((await gatehouse(['init'], { cwd, answers })).code).toBe(0);
    const config: unknown = parse(read('config/gatehouse.yaml'));
    expect(config).toMatchObject({ desks: [{ fourEyes: ['hold-release', 'erase', 'export'] }] });
  });

  test('that is told too little, with nobody to ask, names the flag and writes nothing', async () => {
    const ran = await gatehouse(['init'], { cwd });
    expect(ran).toMatchObject({
      code: 2,
      complained: ['gatehouse: --domain is needed: server_name of homeserver.yaml'],
    });
    expect(() => read('secrets/master.key')).toThrow('ENOENT');
  });

  test('when the input ends in the middle, writes nothing', async () => {
    const ran = await gatehouse(['init'], { cwd, answers: ['acme.example', ''] });
    expect(ran.code).toBe(2);
    expect(() => read('secrets/master.key')).toThrow('ENOENT');
  });

  test.each([
    [['--domain', 'http://x'], '--domain: that is not a server name'],
    [['--homeserver-url', 'x'], '--homeserver-url: write it with http:// or https://'],
    [['--archive-url', 'http://127.0.0.1:9701'], '--archive-url: it needs a port of its own'],
    [['--line-number', '12'], '--line-number: write it with + and the country code'],
    [['--smpp-port', 'x'], '--smpp-port: a port is a number'],
    [['--staff', '@eve:evil.example'], '--staff: @eve:evil.example is not a user of acme.example'],
    [['--timezone', 'Mars'], '--timezone: write a name such as America/New_York'],
    [['--smpp-password-file', 'nix'], "--smpp-password-file: nix can't be read"],
  ])('refuses %j in words', async (more, words) => {
    const ran = await init(...more);
    expect(ran.code).toBe(2);
    expect(ran.complained.join('\n')).toContain(words);
  });

  test('--recover puts the key back from the sheet, and never over another', async () => {
    const ran = await init();
    const key = readFileSync(join(cwd, 'secrets/master.key'));
    const refused = await gatehouse(['init', '--recover'], { cwd, answers: sheetOf(ran) });
    expect(refused.code).toBe(1);
    rmSync(join(cwd, 'secrets/master.key'));
    const recovered = await gatehouse(['init', '--recover'], { cwd, answers: sheetOf(ran) });
    expect(recovered).toMatchObject({ code: 0, said: ['✓ secrets/master.key (0600)'] });
    expect(readFileSync(join(cwd, 'secrets/master.key')).equals(key)).toBe(true);
    expect(mode('secrets/master.key')).toBe(0o600);
  });

  test('--recover names the line that was copied wrongly', async () => {
    const ran = await gatehouse(['init', '--recover'], { cwd, answers: ['ABCD', 'x', 'y', 'z'] });
    expect(ran).toMatchObject({
      code: 1,
      complained: ['gatehouse: line 1 is not copied correctly: compare it with the sheet'],
    });
  });
});

describe('gatehouse register', () => {
  test('writes both registrations again, from config and secrets', async () => {
    await init();
    const before = [read('registration.yaml'), read('registration.archive.yaml')];
    for (const file of ['registration.yaml', 'registration.archive.yaml']) rmSync(join(cwd, file));
    const ran = await gatehouse(['register'], { cwd });
    expect(ran.code).toBe(0);
    expect([read('registration.yaml'), read('registration.archive.yaml')]).toEqual(before);
    expect(mode('registration.yaml')).toBe(0o600);
    expect(ran.said).toContain(`    - ${cwd}/registration.yaml`);
  });
});
