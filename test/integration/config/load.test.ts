import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { inactiveSettings, redactedConfig, type Config } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { problemText, type ConfigProblem } from '../../../src/config/problem.ts';
import type { Result } from '../../../src/core/result.ts';
import { CONFIG, newInstallation, SECRET_WORD, types, type Installation } from '../../support/installation.ts';

let place: Installation;
beforeAll(() => {
  place = newInstallation();
});
afterAll(() => {
  place[Symbol.dispose]();
});

type Tree = Record<string, unknown>;
type Loaded = Result<Config, readonly ConfigProblem[]>;

function load(file = CONFIG, env = {}): Promise<Loaded> {
  return loadConfig(file, { connectorTypes: types, cwd: place.cwd, env });
}

/** Loads the example with one place of it changed; `undefined` takes the place out. */
function loadWith(path: string, value: unknown): Promise<Loaded> {
  const tree: unknown = parse(place.example);
  const steps = path.split('.');
  let at: unknown = tree;
  for (const step of steps.slice(0, -1)) at = inside(at)[step];
  const last = steps.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(inside(at), last);
  else inside(at)[last] = value;
  place.write('config/changed.yaml', stringify(tree));
  return load('config/changed.yaml');
}

function inside(value: unknown): Tree {
  if (typeof value !== 'object' || value === null) throw new Error('no such place in the example');
  return isTree(value) ? value : {};
}
function isTree(value: object): value is Tree {
  return typeof value === 'object';
}

function texts(loaded: Loaded): readonly string[] {
  return loaded.ok ? [] : loaded.error.map(problemText);
}

test('a connector whose provider calls it needs the public address', async () => {
  expect(texts(await loadWith('publicUrl', undefined))).toEqual([]);
  const connectorTypes = new Map(Array.from(types, ([name, type]) => [name, { ...type, needsPublicUrl: () => true }]));
  const loaded = await loadConfig('config/changed.yaml', { connectorTypes, cwd: place.cwd, env: {} });
  expect(texts(loaded)).toEqual([
    'publicUrl: is missing: the provider of connector carrier (smpp) calls there for the line Sales\n' +
      '    → write the https address at which the internet reaches the webhooks listener, like: ' +
      'publicUrl: https://gatehouse.acme.example; the provider then calls https://gatehouse.acme.example/webhooks/carrier',
  ]);
});

describe('the example config', () => {
  test('loads, with lines, desks and connectors joined', async () => {
    const config = await load();
    expect(texts(config)).toEqual([]);
    expect(config).toMatchObject({
      value: {
        lines: [{ id: 'sales', network: 'sms', address: '+12025550100', country: 'US', staffGroups: ['sales'] }],
        desks: [{ id: 'main', officers: ['@olivia:acme.example', '@omar:acme.example'] }],
        connectors: [{ id: 'carrier', type: 'smpp' }],
        data: { dir: `${place.cwd}/data` },
        listen: { bridge: { host: '127.0.0.1', port: 9701 } },
      },
    });
  });

  test('says what is not active in this version', async () => {
    const config = await load();
    expect(config.ok && inactiveSettings(config.value)).toContain('lines[0].hours');
    expect(config.ok && inactiveSettings(config.value)).not.toContain('homeserver');
  });

  test('gives a line its ready texts', async () => {
    const config = await loadWith('lines.0.templates', { hours: 'We are open from {{1}} to {{2}}.' });
    expect(config).toMatchObject({ value: { lines: [{ texts: { hours: 'We are open from {{1}} to {{2}}.' } }] } });
    expect(config.ok && inactiveSettings(config.value)).not.toContain('lines[0].templates');
    expect(texts(await loadWith('lines.0.templates', { 'opening hours': 'We are open.' }))).toEqual([
      'lines[0].templates.opening hours: can be no name of a text\n    → write the name in letters, digits, _ and -',
    ]);
  });

  test('shows its secrets nowhere', async () => {
    const config = await load();
    expect(config.ok).toBe(true);
    if (!config.ok) return;
    expect(config.value.homeserver.adminToken?.reveal()).toBe(SECRET_WORD);
    expect(config.value.connectors[0]?.reveal()['password']).toBe(SECRET_WORD);
    const shown = [
      JSON.stringify(config.value),
      inspect(config.value, { depth: 20, showHidden: true }),
      JSON.stringify(redactedConfig(config.value)),
    ];
    for (const text of shown) expect(text).not.toContain(SECRET_WORD);
  });
});

/** Where the example is changed, to what, and what is said of it. */
const mistakes: readonly (readonly [path: string, value: unknown, says: string])[] = [
  [
    'lines.0.staf',
    ['sales'],
    'lines[0].staf: unknown key (did you mean staff?)\n    → rename it to staff, or remove it',
  ],
  ['homeserver.domain', undefined, 'homeserver.domain: is missing\n    → write it like: domain: acme.example'],
  ['homeserver.domain', 'http://acme', 'homeserver.domain: is not a server name\n    → write the server_name'],
  ['homeserver.url', 'acme.example', 'homeserver.url: is not a web address\n    → write it with http:// or https://'],
  [
    'homeserver.url',
    'http://u:p@h/',
    'homeserver.url: has a user, a query or a fragment in it\n    → write only http://h/',
  ],
  [
    'homeserver.adminToken',
    { file: 'nix' },
    "homeserver.adminToken: nix doesn't exist\n    → write the secret into it and run: chmod 600 nix",
  ],
  [
    'homeserver.adminToken',
    { env: 'NIX' },
    'homeserver.adminToken: the environment has no variable NIX\n    → set NIX',
  ],
  [
    'homeserver.adminToken',
    5,
    'homeserver.adminToken: is not a secret as the config writes one\n    → write a text, {file: path} or {env: NAME}',
  ],
  [
    'homeserver.reachUsAt.archive',
    'http://127.0.0.1:9701',
    'homeserver.reachUsAt.archive: is the same as reachUsAt.bridge',
  ],
  [
    'keys.masterKeyFile',
    undefined,
    'keys: needs exactly one of masterKeyFile, masterKeyEnv and masterKeyCredential\n    → write masterKeyFile',
  ],
  ['keys.masterKeyFile', 'nix', "keys.masterKeyFile: nix doesn't exist\n    → restore it from the recovery sheet"],
  ['keys.masterKeyFile', 'secrets/smpp', 'keys.masterKeyFile: secrets/smpp is not a master key (32 bytes)\n    →'],
  ['listen.archive', '127.0.0.1:9701', 'listen.archive: is taken by listen.bridge\n    → give it another port'],
  ['listen.archive', '0.0.0.0:9701', 'listen.archive: is taken by listen.bridge\n    → give it another port'],
  ['listen.admin', '0.0.0.0:9704', 'listen.admin: health and metrics are answered without a password'],
  ['listen.bridge', '9701', 'listen.bridge: "9701" is not an address to listen on\n    → write an IP address'],
  ['groups.sales', ['alice'], 'groups.sales[0]: "alice" is not a user id\n    → write it like @alice:acme.example'],
  [
    'groups.sales',
    ['@a:other.example'],
    'groups.sales[0]: @a:other.example is not a user of acme.example\n    → write @a:acme.example',
  ],
  [
    'groups.sales',
    ['@_gh_sms_1:acme.example'],
    "groups.sales[0]: @_gh_sms_1:acme.example is one of Gatehouse's own users\n    → name a person",
  ],
  [
    'groups.sales',
    ['@a:acme.example', '@a:acme.example'],
    'groups.sales[1]: is named twice\n    → remove one of the two',
  ],
  ['groups.Sales Team', [], 'groups.Sales Team: is not a name for a group\n    → use lower-case letters'],
  ['groups.sales', 'alice', 'groups.sales: is not a group\n    → write a list of users'],
  [
    'connectors.0.type',
    'smp',
    'connectors[0].type: this version has no connector of type smp (did you mean smpp?)\n    → write one of: smpp',
  ],
  ['connectors.0.windw', 5, 'connectors[0].windw: unknown key (did you mean window?)\n    → rename it to window'],
  [
    'connectors.0.password',
    undefined,
    'connectors[0].password: is missing\n    → write it like: password: { file: secrets/smpp }',
  ],
  ['connectors.0.password', { file: 'nix' }, "connectors[0].password: nix doesn't exist\n    →"],
  ['connectors.0.port', 'many', 'connectors[0].port: must be a number, not a text\n    → write it like: port: 2775'],
  [
    'lines.0.connector',
    'carier',
    'lines[0].connector: there is no connector carier (did you mean carrier?)\n    → write one of: carrier',
  ],
  ['lines.0.address', 12_025_550_100, 'lines[0].address: must be a text, not a number\n    → put it in quotes'],
  [
    'lines.0.address',
    '+1 202 555 0100',
    'lines[0].address: +1 202 555 0100 is not a phone number with its country code\n    → write it as "+12025550100"',
  ],
  [
    'lines.0.address',
    '+1',
    'lines[0].address: +1 is not a phone number with its country code\n    → write + and the country code',
  ],
  [
    'lines.0.staff',
    [],
    'lines[0].staff: nobody may use this line, so nobody would see its messages\n    → name a group',
  ],
  [
    'lines.0.staff',
    ['sale'],
    'lines[0].staff[0]: there is no group sale (did you mean sales?)\n    → add it under groups',
  ],
  [
    'lines.0.supervisors',
    ['support'],
    'lines[0].supervisors[0]: is a group whose members are not listed in the config',
  ],
  [
    'lines.0.routing',
    'shard',
    'lines[0].routing: is none of shared, claim, owner (did you mean shared?)\n    → write shared',
  ],
  ['lines.0.hours.open', 'always', 'lines[0].hours.open: "always" are not opening hours\n    → write days and hours'],
  [
    'lines.0.hours.timezone',
    'America/NewYork',
    'lines[0].hours.timezone: "America/NewYork" is not a time zone\n    → did you mean America/New_York?',
  ],
  [
    'lines.0.answerWithin',
    '30',
    'lines[0].answerWithin: "30" is not a length of time\n    → write a number and a unit',
  ],
  [
    'lines.0.class',
    'us-finra-7y',
    'lines[0].class: there is no retention class us-finra-7y (did you mean us-finra-6y?)\n    → write one of',
  ],
  ['lines.0.id', 'Sales Line', 'lines[0].id: "Sales Line" is not a line id\n    → use lower-case letters'],
  ['desks.0.officers', [], 'desks[0].officers: this desk has no officer\n    → name at least one person'],
  [
    'desks.0.officers',
    ['@olivia:acme.example'],
    'desks[0].fourEyes: export, hold-release, rule-change, erase, retention-arm wait for a second officer, but there is only one\n    → name a second officer',
  ],
  [
    'desks.0.officers',
    ['support'],
    'desks[0].officers[0]: is a group whose members are not listed in the config, and a role needs people who are\n    → name the people here',
  ],
  [
    'desks.0.fourEyes',
    ['exports'],
    'desks[0].fourEyes[0]: is none of export, hold-release, rule-change, erase, retention-arm (did you mean export?)\n    → write export',
  ],
  [
    'desks.0.room',
    '#compliance:other.example',
    'desks[0].room: #compliance:other.example is not a room of acme.example\n    → write #compliance:acme.example',
  ],
  ['desks.0.room', 'compliance', 'desks[0].room: "compliance" is not a room alias\n    → write it like #compliance'],
  [
    'desks.0.scope',
    { lines: ['sals'] },
    'desks[0].scope.lines[0]: there is no line sals (did you mean sales?)\n    → write one of: sales',
  ],
  ['desks.0.supervises', ['hr'], 'desks[0].supervises[0]: there is no group hr\n    → add it under groups'],
  ['archive.rooms', 'some', 'archive.rooms: is neither all nor a list of rooms\n    → write all'],
  ['policy.quarantine.expires', 4, 'policy.quarantine.expires: must be a text, not a number\n    → put it in quotes'],
  [
    'policy.barriers',
    [{ between: ['sales'] }],
    'policy.barriers[0].between: needs two groups\n    → write [sales, research]',
  ],
  [
    'policy.presend',
    { enabled: true },
    'policy.presend.secret: is missing, and Synapse proves itself with it\n    → write { file: secrets/presend }',
  ],
  [
    'policy.presend',
    { enabled: true, secret: 'short' },
    'policy.presend.secret: is shorter than 16 characters\n    → write { file: secrets/presend }',
  ],
  ['retention.default', 'forever', 'retention.default: there is no retention class forever\n    → write one of'],
  [
    'retention.classes',
    { 'us-finra-6y': { keep: '1d' } },
    "retention.classes.us-finra-6y: us-finra-6y is a built-in class and can't be changed\n    → give yours another name",
  ],
  [
    'retention.classes',
    { own: { keep: '2y', erase: '1y' } },
    'retention.classes.own: would be erased before it may be\n    → make erase at least as long as keep',
  ],
  [
    'retention.classes',
    { own: { keep: '1y', erase: '365d' } },
    'retention.classes.own: would be erased before it may be\n    → make erase at least as long as keep',
  ],
  [
    'retention.classes',
    { 'Deals 7y': { keep: '7y' } },
    'retention.classes.Deals 7y: Deals 7y is no name for a class\n    → use lower-case letters',
  ],
  [
    'retention.classes',
    { own: { keep: '9999y' } },
    'retention.classes.own.keep: "9999y" is not a length of time\n    → write for example 7y (calendar years) or 90d',
  ],
  [
    'retention.assign',
    [{ class: 'us-finra-6z', kind: 'policy' }],
    'retention.assign[0].class: there is no retention class us-finra-6z (did you mean us-finra-6y?)\n    → write one of',
  ],
  [
    'retention.assign',
    [{ class: 'short-30d' }],
    'retention.assign[0]: says not which records\n    → name one of line, room, tag, group, network, kind, verdict',
  ],
  [
    'retention.assign',
    [{ class: 'short-30d', tag: 'deal' }],
    'retention.assign[0].tag: there is no tag deal (did you mean deals?)\n    → add it under policy.tags',
  ],
  [
    'retention.assign',
    [{ class: 'short-30d', line: 'sales', group: 'support', network: 'sns' }],
    'retention.assign[0].network: there is no network sns (did you mean sms?)\n    → add a connector of it under connectors',
  ],
  [
    'retention.assign',
    [{ class: 'short-30d', line: 'sale' }],
    'retention.assign[0].line: there is no line sale (did you mean sales?)\n    → add it under lines',
  ],
  [
    'retention.assign',
    [{ class: 'short-30d', group: 'suport' }],
    'retention.assign[0].group: there is no group suport (did you mean support?)\n    → add it under groups',
  ],
  [
    'retention.assign',
    [{ class: 'short-30d', kind: 'Policy verdict' }],
    'retention.assign[0].kind: is no kind of record\n    → write for example matrix.event',
  ],
  ['retention.schedule', 'nightly', 'retention.schedule: is not a cron schedule\n    → write five fields'],
  [
    'anchors',
    [{ type: 'blockchain' }],
    'anchors[0].type: is not an anchor\n    → write type: witness, rfc3161, mail or room',
  ],
  [
    'feeds',
    [{ id: 'f', query: '*', format: 'eml', every: '1h', to: { type: 'ftp' } }],
    'feeds[0].to.type: is not a place that a feed goes to\n    → write type',
  ],
  ['media.scan', 'virus', 'media.scan: is not a scanner\n    → write none'],
  ['media.maxSize', 'big', 'media.maxSize: "big" is not a size\n    → write a number and a unit'],
  ['telephone', {}, 'telephone: unknown key\n    → remove it; known here: homeserver, data,'],
];

describe('a mistake in the config is told with its path and what to do', () => {
  test.each(mistakes)('%s = %j', async (path, value, says) => {
    const told = texts(await loadWith(path, value));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(says);
    expect(told[0]).toMatch(/\n {4}→ \S/u);
    expect(told[0]).not.toContain(SECRET_WORD);
  });

  test('a barrier needs groups that are lists or rooms', async () => {
    const tree = inside(parse(place.example));
    tree['groups'] = { ...inside(tree['groups']), research: { room: '#research:acme.example' } };
    inside(tree['policy'])['barriers'] = [{ between: ['sales', 'research'] }];
    place.write('config/changed.yaml', stringify(tree));
    expect((await load('config/changed.yaml')).ok).toBe(true);
    tree['groups'] = { ...inside(tree['groups']), research: { directory: 'research' } };
    place.write('config/changed.yaml', stringify(tree));
    expect(texts(await load('config/changed.yaml'))).toEqual([
      "policy.barriers[0].between[1]: research is a group whose members can't be read in this version, " +
        'and a barrier needs people\n    → make the group a list or a room',
    ]);
  });

  test('twins are refused: ids, addresses, rooms', async () => {
    const tree = inside(parse(place.example));
    for (const list of ['lines', 'desks', 'connectors']) {
      const items = tree[list];
      tree[list] = Array.isArray(items) ? [...Array.from<unknown>(items), ...Array.from<unknown>(items)] : [];
    }
    place.write('config/changed.yaml', stringify(tree));
    const told = texts(await load('config/changed.yaml')).join('\n');
    for (const part of [
      'connectors[1].id: carrier',
      'lines[1].id: sales',
      'lines[1].address: lines[0] has this address',
    ]) {
      expect(told).toContain(part);
    }
    for (const part of ['desks[1].id: main', 'desks[1].room: desks[0] has this room']) expect(told).toContain(part);
  });

  test('several mistakes are told at once', async () => {
    place.write('config/changed.yaml', place.example.replace('staff:', 'staf:').replace('keepFor: 30d', 'keepFor: x'));
    const told = texts(await load('config/changed.yaml'));
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('lines[0].staf');
    expect(told[1]).toContain('backup.keys.keepFor');
  });
});

describe('a file that is no config', () => {
  test.each([
    ['a: [1', 'line 1, column'],
    ['a: 1\na: 2', 'line 2, column 1: a stands in its section already\n    → remove one of the two'],
    ['a: 1\n"a": 2', 'line 2, column 1: this key stands in its section already\n    → remove one of the two'],
    ['a:\n\t- 1', 'line 2, column'],
    ['a: *x', 'aliases'],
    ['- 1', ': must be a map of keys, not a list'],
    ['', 'homeserver: is missing'],
  ])('%j is told by place', async (text, says) => {
    place.write('config/changed.yaml', text);
    expect(texts(await load('config/changed.yaml')).join('\n')).toContain(says.replace(/^: /u, ''));
  });

  test('a broken line that holds a secret is not repeated', async () => {
    place.write('config/changed.yaml', `homeserver: { adminToken: "${SECRET_WORD}`);
    const told = await load('config/changed.yaml');
    expect(told.ok).toBe(false);
    expect(inspect(told, { depth: 9 })).not.toContain(SECRET_WORD);
  });

  test('that doesn’t exist says how to make one', async () => {
    expect(texts(await load('config/nix.yaml'))).toEqual([
      "config/nix.yaml: doesn't exist\n    → make it with: gatehouse init; or name another with --config",
    ]);
  });

  test('that is huge is not read', async () => {
    place.write('config/changed.yaml', '#'.repeat(1024 * 1024 + 1));
    expect(texts(await load('config/changed.yaml'))[0]).toContain('is larger than 1 MB');
  });
});

describe('secrets', () => {
  test.each([0o640, 0o604, 0o644])('in a file of mode %d are refused, with the command that mends it', async (mode) => {
    place.write('secrets/open', 'x', mode);
    const told = texts(await loadWith('homeserver.adminToken', { file: 'secrets/open' }));
    expect(told[0]).toContain('others on this machine may read secrets/open (mode 0');
    expect(told[0]).toContain('run: chmod 600 secrets/open');
  });

  test('of the master key are refused in the same way', async () => {
    place.write('secrets/open.key', new Uint8Array(32), 0o644);
    const told = texts(await loadWith('keys.masterKeyFile', 'secrets/open.key'));
    expect(told[0]).toContain('keys.masterKeyFile: others on this machine may read secrets/open.key (mode 0644)');
  });

  test('may come from the environment, the master key too', async () => {
    const text = place.example
      .replace('masterKeyFile: secrets/master.key', 'masterKeyEnv: MASTER')
      .replace('adminToken: { file: secrets/admin-token }', 'adminToken: { env: TOKEN }');
    place.write('config/changed.yaml', text);
    const env = { MASTER: Buffer.alloc(32, 1).toString('base64'), TOKEN: 'from-env' };
    const config = await load('config/changed.yaml', env);
    expect(config.ok && config.value.homeserver.adminToken?.reveal()).toBe('from-env');
    expect(config.ok && config.value.masterKey.from).toBe('environment');
    expect(texts(await load('config/changed.yaml', { ...env, MASTER: 'short' }))[0]).toContain('holds no master key');
  });

  test('certificates may be in files that others read', async () => {
    const pem = readFileSync(new URL('../../support/tls/authority.pem', import.meta.url), 'utf8');
    place.write('secrets/ca.pem', pem, 0o644);
    const config = await loadWith('connectors.0.tls', { ca: { file: 'secrets/ca.pem' } });
    expect(config.ok && config.value.connectors[0]?.reveal()['tls']).toEqual({ ca: pem.trim() });
  });
});
