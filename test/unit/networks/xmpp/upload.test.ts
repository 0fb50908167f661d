import { describe, expect, test } from '@jest/globals';
import { FetchFailed, type FetchAnswer, type FetchWish } from '../../../../src/core/ports/safe-fetch.ts';
import type { OutboundFile } from '../../../../src/core/ports/outbound.ts';
import { xmppConfig } from '../../../../src/networks/xmpp/config.ts';
import { Iqs } from '../../../../src/networks/xmpp/iqs.ts';
import { Upload } from '../../../../src/networks/xmpp/upload.ts';
import { writeXml } from '../../../../src/networks/xmpp/xml/write.ts';
import { TestCore } from '../../../contract/networks/test-core.ts';
import { stanzaOf } from './stanza.ts';

const info = `<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:http:upload:0'/>
  <x xmlns='jabber:x:data' type='result'><field var='max-file-size'><value>5000</value></field></x></query>`;
const slot = (put: string, headers = ''): string =>
  `<slot xmlns='urn:xmpp:http:upload:0'><put url='${put}'>${headers}</put><get url='https://files.example/get/a'/></slot>`;
const refusal = (type: string, condition: string, extra = ''): string =>
  `<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${extra}</error>`;

const file: OutboundFile = {
  ...{ kind: 'file', name: 'a "b" <c>.pdf', type: 'application/pdf', size: 3, sha256: '' },
  async *open() {
    yield await Promise.resolve(Buffer.from('abc'));
  },
  link: () => '',
};

interface Asked {
  readonly how: 'fetch' | 'api';
  readonly url: string;
  readonly wish: FetchWish | undefined;
}

/** The server answers questions with what `answers` says for the kind of payload. */
async function rig(
  answers: Readonly<Record<string, string | undefined>>,
  status = 201,
  given: Readonly<Record<string, unknown>> = {},
) {
  const core = new TestCore();
  const asked: Asked[] = [];
  const written: string[] = [];
  const answer: FetchAnswer = {
    status,
    header: () => undefined,
    bytes: () => Promise.resolve(Buffer.alloc(0)),
    json: () => Promise.resolve(undefined),
    pieces: () => {
      throw new Error('nobody reads it');
    },
  };
  const fetched =
    (how: Asked['how'], origin = '') =>
    (url: string, wish?: FetchWish): Promise<FetchAnswer> => {
      asked.push({ how, url: `${origin}${url}`, wish });
      return status === 0 ? Promise.reject(new FetchFailed('refused', 'a private address')) : Promise.resolve(answer);
    };
  const config = xmppConfig.parse({
    host: 'x',
    domain: 'sms.example',
    secret: 's',
    uploadService: 'up.example',
    ...given,
  });
  const iqs: Iqs = new Iqs({
    clock: core.clock,
    timeoutMs: 50,
    write: (stanza) => {
      const text = writeXml(stanza, 'jabber:component:accept');
      written.push(text);
      const inner = Object.entries(answers).find(([kind]) => text.includes(kind))?.[1];
      const { id = '', to = '' } = stanza.attrs;
      const type = inner?.startsWith('<error') === true ? 'error' : 'result';
      if (inner !== undefined) {
        queueMicrotask(() => iqs.take(stanzaOf(`<iq type='${type}' id='${id}' from='${to}'>${inner}</iq>`)));
      }
      return true;
    },
  });
  const ctx = { ...core.context(), fetch: fetched('fetch'), api: (origin: string) => fetched('api', origin) };
  const upload = new Upload(ctx, config, iqs);
  await upload.find();
  return { upload, asked, written, put: () => upload.put(file, 'sales@sms.example', 1) };
}

describe('an upload', () => {
  test('is as large as the component says, and asks for a slot with what the file is', async () => {
    const { upload, put, written, asked } = await rig({
      'disco#info': info,
      '<request': slot('https://files.example/put/a?v=1'),
    });
    expect(upload.maxBytes).toBe(5_000);
    await expect(put()).resolves.toEqual({ url: 'https://files.example/get/a' });
    expect(written.at(-1)).toContain(
      "filename='a &quot;b&quot; &lt;c&gt;.pdf' size='3' content-type='application/pdf'",
    );
    expect(asked).toMatchObject([
      { how: 'fetch', url: 'https://files.example/put/a?v=1', wish: { method: 'PUT', body: Buffer.from('abc') } },
    ]);
  });

  test('takes over the three headers that it may, without line ends', async () => {
    const headers = [
      "<header name='Authorization'>Basic a\nEvil: b</header>",
      "<header name='Host'>evil.example</header>",
      "<header name='cookie'>c=1</header>",
    ].join('');
    const { put, asked } = await rig({ 'disco#info': info, '<request': slot('https://files.example/put', headers) });
    await put();
    expect(asked[0]?.wish?.headers).toEqual({
      authorization: 'Basic aEvil: b',
      cookie: 'c=1',
      'content-type': 'application/pdf',
    });
  });

  test('goes inside the network only where the config names the origin', async () => {
    const inside = { 'disco#info': info, '<request': slot('http://10.0.0.5:5280/put/a') };
    const named = await rig(inside, 201, { uploadOrigin: 'http://10.0.0.5:5280' });
    await expect(named.put()).resolves.toMatchObject({ url: expect.any(String) });
    expect(named.asked).toMatchObject([{ how: 'api', url: 'http://10.0.0.5:5280/put/a' }]);
    const unnamed = await rig(inside, 0);
    await expect(unnamed.put()).resolves.toMatchObject({
      result: { state: 'failed', detail: expect.stringContaining('uploadOrigin') },
    });
    expect(unnamed.asked[0]?.how).toBe('fetch');
  });

  test.each([
    [
      'too large',
      refusal('modify', 'not-acceptable', "<file-too-large xmlns='urn:xmpp:http:upload:0'/>"),
      { state: 'failed', reason: 'too-large' },
    ],
    ['not allowed', refusal('auth', 'forbidden'), { state: 'failed', reason: 'rejected' }],
    ['over the quota', refusal('wait', 'resource-constraint'), { state: 'retry', scope: 'chat' }],
    ['no addresses', "<slot xmlns='urn:xmpp:http:upload:0'/>", { state: 'retry' }],
    ['another scheme', slot('file:///etc/passwd'), { state: 'retry' }],
  ])('a slot that is refused (%s) says why, and sends nothing', async (_why, answer, result) => {
    const { put, asked } = await rig({ 'disco#info': info, '<request': answer });
    await expect(put()).resolves.toMatchObject({ result });
    expect(asked).toEqual([]);
  });

  test.each([
    [413, { state: 'failed', reason: 'too-large' }],
    [403, { state: 'failed', reason: 'provider-refused' }],
    [429, { state: 'retry' }],
    [503, { state: 'retry' }],
  ])('bytes that are answered %i', async (status, result) => {
    const { put } = await rig({ 'disco#info': info, '<request': slot('https://files.example/put') }, status);
    await expect(put()).resolves.toMatchObject({ result });
  });

  test('a component that does not answer is asked again later; without one no file goes out', async () => {
    const silent = await rig({ 'disco#info': info });
    await expect(silent.put()).resolves.toMatchObject({ result: { state: 'retry' } });
    const none = await rig({ 'disco#info': "<query xmlns='http://jabber.org/protocol/disco#info'/>" });
    expect(none.upload.maxBytes).toBeUndefined();
    await expect(none.put()).resolves.toMatchObject({ result: { state: 'failed', reason: 'unsupported' } });
  });

  test('is refused for good only when the server has said that there is none', async () => {
    const answers: Record<string, string> = {};
    const unsaid = await rig(answers);
    expect(unsaid.upload.maxBytes).toBe(104_857_600);
    await expect(unsaid.put()).resolves.toMatchObject({ result: { state: 'retry', reason: 'provider-down' } });
    answers['disco#info'] = info;
    answers['<request'] = slot('https://files.example/put');
    await expect(unsaid.put()).resolves.toEqual({ url: 'https://files.example/get/a' });
    expect(unsaid.upload.maxBytes).toBe(5_000);
  });

  test('what the server says of a component stays while it says nothing', async () => {
    const answers: Record<string, string | undefined> = {
      'disco#info': info,
      '<request': slot('https://files.example/put'),
    };
    const { upload, put } = await rig(answers);
    answers['disco#info'] = undefined;
    await upload.find();
    expect(upload.maxBytes).toBe(5_000);
    await expect(put()).resolves.toMatchObject({ url: 'https://files.example/get/a' });
  });

  test('the component is found among what the server lists', async () => {
    const items = "<query xmlns='http://jabber.org/protocol/disco#items'><item jid='up.other.example'/></query>";
    const { upload, written } = await rig({ 'disco#items': items, 'disco#info': info }, 201, {
      uploadService: undefined,
      server: 'other.example',
    });
    expect(upload.maxBytes).toBe(5_000);
    expect(written.map((one) => /to='([^']+)'/u.exec(one)?.[1])).toEqual(['other.example', 'up.other.example']);
  });
});
