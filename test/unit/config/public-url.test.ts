import { describe, expect, test } from '@jest/globals';
import { connectorTypesOf } from '../../../src/cli/connector-types.ts';
import { checkConnectors } from '../../../src/config/checks/connectors.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import { problemText } from '../../../src/config/problem.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { ok } from '../../../src/core/result.ts';
import { Secret } from '../../../src/config/secret.ts';
import { httpExample } from '../../support/http-example.ts';

const types = await connectorTypesOf();
const sid = '0123456789abcdef0123456789abcdef';
const line = httpExample('line', { secrets: { token: 't', channelSecret: 's' }, origins: {} }).settings;

const called: readonly (readonly [type: string, settings: object])[] = [
  [
    'whatsapp-cloud',
    {
      ...{ token: 't', appSecret: 's', verifyToken: 'v', businessAccountId: '102290129340398' },
      numbers: { '+12025550100': '106540352242922' },
    },
  ],
  ['twilio', { accountSid: `AC${sid}`, authToken: 't' }],
  ['android-sms-gateway', { username: 'u', password: 'p', signingKey: 's' }],
  ['telegram', { token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11', mode: 'webhook' }],
  ['http', line],
];

const calling: readonly (readonly [type: string, settings: object])[] = [
  ['telegram', { token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11' }],
  ['smpp', { host: 'smsc.example', systemId: 'acme', password: 'p' }],
];

/** What is said of the example's company with this connector, which its lines are on. */
function problems(type: string, settings: object, more: object = {}): readonly string[] {
  const written = { ...exampleConfig, connectors: [{ id: 'carrier', type, ...settings }], ...more };
  const parsed = configSchema(() => ok(new Secret('secret'))).parse(written);
  return checkConnectors(parsed, types).map(problemText);
}

function missing(type: string, forLines: string): string {
  return [
    `publicUrl: is missing: the provider of connector carrier (${type}) calls there${forLines}`,
    '    → write the https address at which the internet reaches the webhooks listener, like: ' +
      'publicUrl: https://gatehouse.acme.example; the provider then calls https://gatehouse.acme.example/webhooks/carrier',
  ].join('\n');
}

const without = { publicUrl: undefined };

test('the address of a webhook is not the public address: what stands before it is', () => {
  const [type, settings] = called[1] ?? ['', {}];
  for (const end of ['/webhooks', '/webhooks/carrier']) {
    expect(problems(type, settings, { publicUrl: `https://acme.example/gatehouse${end}` })).toEqual([
      'publicUrl: is the address of one webhook\n    → write what stands before it: publicUrl: https://acme.example/gatehouse',
    ]);
  }
});

test('a word that is none of those that may stand there is told with the one that was meant', () => {
  const signature = { scheme: 'base64-sha256', header: 'X-Line-Signature', secret: 'channelSecret' };
  const receive = { signature, events: '$', rules: [{ as: 'mesage', from: '$.from' }] };
  expect(problems('http', { ...line, receive })).toEqual([
    'connectors[0].receive.rules[0].as: is none of message, edit, redaction, reaction, receipt, typing, consent, nothing (did you mean message?)\n    → write message',
  ]);
});

test('a place that is none is named, with the one that was meant', () => {
  const send = { text: { path: '/send', json: { text: '{txet}' } }, answer: { ids: '$.id' } };
  expect(problems('http', { ...line, send }).join()).toContain(
    'connectors[0].send.text.json: {txet} is no place (did you mean {text}?); there are to, from, text,',
  );
});

describe('a config without publicUrl', () => {
  test.each(called)('says for %s which line is deaf, what to write, and where it is called', (type, settings) => {
    expect(problems(type, settings, without)).toEqual([missing(type, ' for the line Sales')]);
    expect(problems(type, settings)).toEqual([]);
  });

  test.each(calling)('is good for %s, whose provider is asked or connected to', (type, settings) => {
    expect(problems(type, settings, without)).toEqual([]);
  });

  test('names all lines of the connector, and none where there is none yet', () => {
    const [sales] = exampleConfig.lines ?? [];
    const lines = [sales, { ...sales, id: 'help', name: 'Help', address: '+12025550101' }];
    const [type, settings] = called[1] ?? ['', {}];
    expect(problems(type, settings, { ...without, lines })).toEqual([missing(type, ' for the lines Sales, Help')]);
    expect(problems(type, settings, { ...without, lines: [] })).toEqual([missing(type, '')]);
  });
});
