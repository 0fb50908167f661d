/** What doctor says of networks: what each carries, who keeps what comes, and whether its provider's way in exists. */
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { connectorTypesOf } from '../../../src/cli/connector-types.ts';
import type { Finding } from '../../../src/cli/doctor/finding.ts';
import { checkConnectors } from '../../../src/cli/doctor/connectors.ts';
import { checkNetworks } from '../../../src/cli/doctor/networks.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { challengeOf } from '../../../src/networks/whatsapp/signature.ts';
import { httpExample } from '../../support/http-example.ts';
import { pem } from '../../support/tls-front.ts';
import { CONFIG, newInstallation, type Installation } from '../../support/installation.ts';

let place: Installation;
let server: Server;
let publicUrl = '';
/** The method of the newest request. */
let askedBy = '';
/** What stands at the public address. */
let answer: (target: string) => { readonly status: number; readonly body?: string; readonly to?: string };

beforeEach(async () => {
  place = newInstallation();
  answer = () => ({ status: 405 });
  server = createServer((request, response) => {
    askedBy = request.method ?? '';
    const { status, body = '', to } = answer(request.url ?? '');
    response.writeHead(status, to === undefined ? {} : { location: to }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const at = server.address();
  publicUrl = `http://127.0.0.1:${String(typeof at === 'object' && at !== null ? at.port : 0)}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  place[Symbol.dispose]();
});

async function said(type: string, settings: object, running = true, more: object = {}): Promise<readonly Finding[]> {
  const written = z.looseObject({}).parse(parse(place.example));
  place.write(
    CONFIG,
    stringify({ ...written, publicUrl, connectors: [{ id: 'carrier', type, ...settings }], ...more }),
    0o644,
  );
  const config = await loadConfig(CONFIG, { cwd: place.cwd, env: {}, connectorTypes: await connectorTypesOf() });
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  const way = await checkConnectors(config.value, systemClock, () => (running ? 'connected' : undefined));
  return [...(await checkNetworks(config.value, running)), ...way];
}

const sid = `AC${'0123456789abcdef'.repeat(2)}`;
const twilio = { accountSid: sid, authToken: 't' };
const verifyToken = 'agreed-word';
const whatsapp = {
  ...{ token: 't', appSecret: 's', verifyToken, businessAccountId: '102290129340398' },
  numbers: { '+12025550100': '106540352242922' },
};

function webhookOf(findings: readonly Finding[]): Finding | undefined {
  return findings.find(({ id }) => id === 'webhook-carrier');
}

describe('of a network doctor says', () => {
  test('what it carries with the settings that it has', async () => {
    const all = (await said('twilio', twilio)).map(({ message }) => message);
    const none = (await said('twilio', { ...twilio, mms: false })).map(({ message }) => message);
    expect(all[0]).toMatch(
      /^carrier carries text of up to [\d,]+ characters; no stickers, edits, deletions, reactions/u,
    );
    expect(none[0]).toMatch(/^carrier carries text of up to [\d,]+ characters; no pictures, videos, sound/u);
  });

  test('as a warning where nobody keeps what comes while we are down', async () => {
    const xmpp = { host: '127.0.0.1', port: 5347, domain: 'sms.acme.example', secret: 's' };
    const line = {
      id: 'sales',
      name: 'Sales',
      connector: 'carrier',
      address: 'sales@sms.acme.example',
      staff: ['sales'],
    };
    const found = await said('xmpp', xmpp, true, { lines: [line] });
    expect(found.find(({ id }) => id === 'keeps-carrier')).toMatchObject({
      level: 'warn',
      message: 'carrier: What customers write while Gatehouse is down is kept by nobody.',
    });
    expect((await said('twilio', twilio)).find(({ id }) => id === 'keeps-carrier')?.level).toBe('info');
  });
});

test('a network that only the running Gatehouse can ask is not said to be well while nobody has asked', async () => {
  const way = (found: readonly Finding[]) => found.find(({ id }) => id === 'connector-carrier');
  expect(way(await said('twilio', twilio, false))).toMatchObject({
    level: 'warn',
    message: 'carrier (twilio): not checked, Gatehouse is not running',
  });
  expect(way(await said('twilio', twilio))).toMatchObject({ level: 'info', message: 'carrier  connected' });
});

describe('of the address at which its provider calls', () => {
  const at = (): string => `carrier: its provider calls ${publicUrl}/webhooks/carrier`;

  test('it is told, and tried when Gatehouse runs: our listener knows that a stranger asks', async () => {
    expect(webhookOf(await said('twilio', twilio, false))).toMatchObject({ level: 'info', message: at() });
    expect(webhookOf(await said('twilio', twilio))).toMatchObject({
      level: 'info',
      message: `${at()}, and Gatehouse answers there`,
    });
    // No provider's way to call: the look is not counted among the calls that were refused.
    expect(askedBy).toBe('OPTIONS');
  });

  test.each([404, 502, 200])('an answer %i is somebody else’s', async (status) => {
    answer = () => ({ status });
    expect(webhookOf(await said('twilio', twilio))).toMatchObject({
      level: 'warn',
      message: `${at()}; from here something else answers (${String(status)})`,
      fix: expect.stringContaining('listen.webhooks'),
    });
  });

  test.each([301, 308])('that it is sent on (%i) is said: no provider goes on to another address', async (status) => {
    answer = () => ({ status, to: 'https://gatehouse.acme.example/' });
    expect(webhookOf(await said('twilio', twilio))).toMatchObject({
      level: 'warn',
      message: `${at()}; from here it is sent on to another address (${String(status)})`,
    });
  });

  test('a certificate that nobody knows is said', async () => {
    const secure = createSecureServer({ key: pem('carrier.key'), cert: pem('carrier.pem') }, (_request, response) =>
      response.writeHead(405).end(),
    );
    await new Promise<void>((resolve) => {
      secure.listen(0, '127.0.0.1', resolve);
    });
    const where = secure.address();
    publicUrl = `https://127.0.0.1:${String(typeof where === 'object' && where !== null ? where.port : 0)}`;
    expect(webhookOf(await said('twilio', twilio))).toMatchObject({
      level: 'warn',
      message: expect.stringMatching(/; from here its certificate is not believed \([A-Z_]+\)$/u),
    });
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  });

  test('calls that were refused are told, with what may be the reason', async () => {
    const counted = 'gatehouse_webhook_requests_total{connector="carrier",status=';
    answer = (target) =>
      target === '/metrics'
        ? { status: 200, body: `# HELP\n${counted}"200"} 3\n${counted}"401"} 44\n${counted}"403"} 5\n` }
        : { status: 405 };
    const listen = { admin: new URL(publicUrl).host };
    const findings = await said('twilio', twilio, true, { listen });
    expect(findings.find(({ id }) => id === 'refused-401-carrier')).toMatchObject({
      level: 'warn',
      message: 'carrier: of the calls at its webhook since the start, 44 had a wrong signature',
      fix: expect.stringContaining('another secret or publicUrl'),
    });
    expect(findings.find(({ id }) => id === 'refused-403-carrier')).toMatchObject({
      message: expect.stringContaining('5 were signed at another time'),
      fix: expect.stringContaining('clocks'),
    });
    answer = () => ({ status: 405, body: `${counted}"200"} 3\n` });
    const fine = await said('twilio', twilio, true, { listen });
    expect(fine.filter(({ id }) => id.startsWith('refused'))).toEqual([]);
  });

  test('nobody there is said', async () => {
    publicUrl = 'http://127.0.0.1:1';
    expect(webhookOf(await said('twilio', twilio))).toMatchObject({
      level: 'warn',
      message: `${at()}; from here nobody answers`,
    });
  });

  test('Meta’s first question is asked as Meta asks it, and must be answered with its very word', async () => {
    answer = (target) => ({ status: 200, body: challengeOf(target, verifyToken) ?? 'no' });
    expect(webhookOf(await said('whatsapp-cloud', whatsapp))?.level).toBe('info');
    answer = (target) => ({ status: 200, body: challengeOf(target, 'another') ?? 'no' });
    expect(webhookOf(await said('whatsapp-cloud', whatsapp))?.level).toBe('warn');
  });

  test('so is that of a provider whom the config describes', async () => {
    const secrets = { token: 't', appSecret: 's', verifyToken };
    const messenger = httpExample('messenger', { secrets, origins: {} }).settings;
    answer = (target) => {
      const query = new URL(target, publicUrl).searchParams;
      const known = query.get('hub.verify_token') === verifyToken;
      return { status: 200, body: (known ? query.get('hub.challenge') : undefined) ?? 'no' };
    };
    expect(webhookOf(await said('http', messenger))?.level).toBe('info');
    const line = httpExample('line', { secrets: { token: 't', channelSecret: 's' }, origins: {} }).settings;
    answer = () => ({ status: 403 });
    expect(webhookOf(await said('http', line))?.level).toBe('info');
  });

  test('a provider that we ask or connect to has none', async () => {
    const telegram = { token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11' };
    const [line] = z.array(z.looseObject({})).parse(z.looseObject({}).parse(parse(place.example))['lines']);
    const lines = [{ ...line, address: '@acmebot' }];
    expect(webhookOf(await said('telegram', telegram, true, { lines }))).toBeUndefined();
  });
});
