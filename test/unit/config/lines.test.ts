import { expect, test } from '@jest/globals';
import { connectorTypesOf } from '../../../src/cli/connector-types.ts';
import { checkLines } from '../../../src/config/checks/lines.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import { problemText } from '../../../src/config/problem.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { ok } from '../../../src/core/result.ts';
import { toProblems } from '../../../src/config/zod-problems.ts';
import { Secret } from '../../../src/config/secret.ts';

const types = await connectorTypesOf();
const telegram = { type: 'telegram', token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11' };
const xmpp = { type: 'xmpp', host: '127.0.0.1', domain: 'sms.acme.example', secret: 's' };

/** What is said of the example's company with lines at these addresses. */
function problems(connector: object, ...addresses: readonly string[]): readonly string[] {
  const [sales] = exampleConfig.lines ?? [];
  const lines = addresses.map((address, i) => ({ ...sales, id: `line-${String(i)}`, address }));
  const written = { ...exampleConfig, connectors: [{ id: 'carrier', ...connector }], lines };
  return checkLines(configSchema(() => ok(new Secret('secret'))).parse(written), types).map(problemText);
}

test('a line of Telegram is a name with its sign, or the number of an account', () => {
  expect(problems(telegram, '@acmebot', '@Olga_acme', 'tg:8800222')).toEqual([]);
  expect(problems(telegram, 'acmebot')).toEqual([
    'lines[0].address: acmebot is not the name of a bot or an account\n    → write it as "@acmebot"',
  ]);
  for (const odd of ['8800222', 'Olga Acme', 't.me/acmebot', '+12025550100']) {
    expect(problems(telegram, odd).join()).toContain(`${odd} is not the name of a bot or an account`);
  }
});

test('a line of WhatsApp is among the numbers of its connector, and one of XMPP of its component', () => {
  const whatsapp = {
    ...{ type: 'whatsapp-cloud', token: 't', appSecret: 's', verifyToken: 'v', businessAccountId: '102290129340398' },
    numbers: { '+12025550101': '106540352242922' },
  };
  expect(problems(whatsapp, '+12025550101')).toEqual([]);
  expect(problems(whatsapp, '+12025550101', '+12025550109')).toEqual([
    'lines[1].address: is not among the numbers of its connector, which names +12025550101\n' +
      '    → add it to numbers with its phone number id, as the WhatsApp manager shows it: "+12025550109": "106540352242922"',
  ]);
  expect(problems(xmpp, 'sms.acme.example', 'sales@acme.example', 'sales@sms.acme.example/phone')).toEqual([
    'lines[1].address: is not of this component\n    → write it as name@sms.acme.example, or sms.acme.example',
    'lines[2].address: is not of this component\n    → write it as name@sms.acme.example, or sms.acme.example',
  ]);
  expect(problems({ type: 'xmpp' }, 'sales@acme.example')).toEqual([]);
});

test('an address belongs to one line, however its letters are written where that is one address', () => {
  const twice = 'lines[1].address: lines[0] has this address on';
  expect(problems(telegram, '@AcmeBot', '@acmebot').join()).toContain(twice);
  expect(problems(xmpp, 'sales@sms.acme.example', 'Sales@sms.acme.example').join()).toContain(twice);
  expect(problems(xmpp, 'sales@sms.acme.example', 'help@sms.acme.example')).toEqual([]);
});

test('a line lets its messages wait for a minute at most before they go out', () => {
  const [sales] = exampleConfig.lines ?? [];
  const read = (undo: string) =>
    configSchema(() => ok(new Secret('secret'))).safeParse({ ...exampleConfig, lines: [{ ...sales, undo }] });
  expect(['0s', '5s', '1m', '60s'].filter((undo) => !read(undo).success)).toEqual([]);
  for (const undo of ['61s', '60001ms', '2h', '1y']) {
    expect(toProblems(read(undo).error?.issues ?? []).map(problemText)).toEqual([
      'lines[0].undo: lets each message wait for more than a minute\n    → write at most 60s, for example 5s; without it a message goes out at once',
    ]);
  }
  expect(toProblems(read('soon').error?.issues ?? []).map(problemText)).toEqual([
    'lines[0].undo: "soon" is not a length of time\n    → write a number and a unit, for example 30s, 30m, 4h or 30d',
  ]);
});

test.each([
  ['Hello {{name}}', 'has a place that is none'],
  ['Hello {{1}', 'has a place that is none'],
  ['Hello {{ 1 }}', 'has a place that is none'],
  ['Hello {{2}}', 'has no {{1}}'],
  ['{{1}} and {{3}}', 'has no {{2}}'],
])('the ready text %j, which a customer would read as it is written, is a mistake', (text, says) => {
  const [sales] = exampleConfig.lines ?? [];
  const read = (hello: string) =>
    configSchema(() => ok(new Secret('secret'))).safeParse({
      ...exampleConfig,
      lines: [{ ...sales, templates: { hello } }],
    });
  expect(toProblems(read(text).error?.issues ?? []).map(problemText)).toEqual([
    `lines[0].templates.hello: ${says}\n    → write what is filled in as {{1}}, {{2}} and so on, from 1`,
  ]);
  expect(read('{{2}}, {{1}}, {and} {so on}').success).toBe(true);
});
