import { describe, expect, test } from '@jest/globals';
import { httpConfig } from '../../../../src/networks/http/config.ts';
import { jsonPath, parseBody, textsAt } from '../../../../src/networks/http/json-path.ts';
import { httpExample } from '../../../support/http-example.ts';

const least = {
  ...{ network: 'acme', title: 'Acme', api: 'https://api.example', secrets: { key: 'k' } },
  send: { text: { path: '/send', json: { to: '{to}', text: '{text}' } }, answer: { ids: '$.id' } },
  receive: {
    signature: { scheme: 'hex-sha256', header: 'X-Sig', secret: 'key' },
    events: '$',
    rules: [{ as: 'message', from: '$.from', text: '$.text' }],
  },
};

function withFile(file: object): object {
  return { send: { ...least.send, files: { image: { types: ['image/png'], most: '1MB', ...file } } } };
}

function profileWith(token: string): object {
  return { profile: { request: { path: '/people/{to}', headers: { Authorization: token } }, name: '$.name' } };
}

describe('the config of an HTTP connector', () => {
  test('is good as it ships', () => {
    const line = httpExample('line', { secrets: { token: 't', channelSecret: 'c' }, origins: {} });
    const messenger = httpExample('messenger', {
      secrets: { token: 't', appSecret: 'a', verifyToken: 'v' },
      origins: {},
    });
    expect(httpConfig.parse(line.settings).title).toBe('LINE');
    expect(httpConfig.parse(messenger.settings).serviceWindow).toBe(86_400_000);
    expect(httpConfig.parse(least).network).toBe('acme');
    expect(httpConfig.parse({ ...least, ...profileWith('{secret.key}') }).profile?.name).toHaveLength(1);
  });

  test('sends a file as text is sent, but for what is said of it', () => {
    const { send } = httpConfig.parse({ ...least, ...withFile({ json: { url: '{link}' }, path: '/pictures' }) });
    expect(send.files.image).toMatchObject({
      request: { method: 'POST', path: '/pictures', headers: {}, json: { url: '{link}' } },
      most: 1_048_576,
      caption: false,
    });
    const form = { send: { ...least.send, location: { form: { at: '{latitude},{longitude}' } } } };
    expect(httpConfig.parse({ ...least, ...form }).send.location).toEqual({
      ...{ method: 'POST', path: '/send', headers: {}, form: { at: '{latitude},{longitude}' } },
    });
  });

  test.each([
    ['an unknown place', { send: { ...least.send, text: { path: '/send', json: { to: '{recipient}' } } } }],
    [
      'a secret that is not there',
      { send: { ...least.send, text: { path: '/s', headers: { A: '{secret.none}' }, json: {} } } },
    ],
    ['another host in the path', { send: { ...least.send, text: { path: '//evil.example/x', json: {} } } }],
    ['two bodies', { send: { ...least.send, text: { path: '/s', json: {}, form: {} } } }],
    ['a path in the origin', { api: 'https://api.example/v1' }],
    ['a signature without its secret', { secrets: {} }],
    ['an unknown key', { sned: {} }],
    ['something kept that no rule keeps', { markRead: { path: '/read', json: { token: '{kept.read}' } } }],
    ['files of a type that has no such kind', withFile({ types: ['text/html'], json: { url: '{link}' } })],
    ['files larger than any may be', withFile({ most: '101MB', json: { url: '{link}' } })],
    ['a file without a body', withFile({})],
    ['a question after a name that does not say whose', { profile: { request: { path: '/me' }, name: '$.name' } }],
    ['a question after a name with a secret that is none', profileWith('{secret.none}')],
    ['a place with two bodies', { send: { ...least.send, location: { json: {}, form: {} } } }],
  ])('is refused with %s', (_what, change) => {
    expect(httpConfig.safeParse({ ...least, ...change }).success).toBe(false);
  });
});

describe('a path', () => {
  const body =
    parseBody('{"a":[{"t":"x","id":12345678901234567890},{"t":"y","id":2}],"b":true,"n":null,"d":1.5}') ?? null;
  const at = (path: string) => textsAt(jsonPath.parse(path), { event: body, body });

  test('finds texts, numbers and truths; whole numbers stay whole', () => {
    expect(at('$.a[*].id')).toEqual(['12345678901234567890', '2']);
    expect(at("$.a[?@.t == 'y'].id")).toEqual(['2']);
    expect(at('$.a[-1].t')).toEqual(['y']);
    expect(at("$['b']")).toEqual(['true']);
    expect(at("$.a[1]['none', 'id']")).toEqual(['2']);
    expect(at('$.d')).toEqual(['1.5']);
    expect([...at('$.n'), ...at('$.a'), ...at('$.none.at.all')]).toEqual([]);
  });

  test.each([
    '$..id',
    '$..*',
    "$.a[?match(@.t, '(a+)+')]",
    '$.a[?count(@.*) > 1]',
    '$.a[?$.b]',
    'a.b',
    '',
    '$.a[?@.x[?@.y]]',
  ])('that could cost more than it is worth is refused: %s', (path) => {
    expect(jsonPath.safeParse(path).success).toBe(false);
  });

  test('is asked of what is JSON only, and not of what is too deep', () => {
    expect(parseBody('{')).toBeUndefined();
    expect(() => parseBody('['.repeat(500_000))).not.toThrow();
    expect(() => parseBody(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).not.toThrow();
  });

  test('gives a thousand values at most', () => {
    const many = parseBody(`[${'1,'.repeat(5_000)}1]`) ?? null;
    expect(textsAt(jsonPath.parse('$[*]'), { event: many, body: many })).toHaveLength(1_000);
  });
});
