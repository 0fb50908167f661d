import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { judge, signatureConfig } from '../../../../src/networks/http/signature.ts';

const now = 1_700_000_000_000;
const body = Buffer.from('{}');

function asked(headers: Readonly<Record<string, string>>, sent = body) {
  return { method: 'POST' as const, target: '/', headers, body: sent };
}
function judged(config: object, headers: Readonly<Record<string, string>>, secrets: readonly string[], nowMs = now) {
  return judge(asked(headers), signatureConfig.parse({ secret: 's', ...config }), { secrets, nowMs });
}

/** Computed; the second by the Android gateway's rule (body, then time): `knowledge/networks.md` 2.3. */
const vectors: readonly (readonly [object, Readonly<Record<string, string>>])[] = [
  [
    { scheme: 'sha256=hex', header: 'X-Hub-Signature-256' },
    { 'x-hub-signature-256': `sha256=${createHmac('sha256', 'key').update(body).digest('hex')}` },
  ],
  [
    { scheme: 'hex-sha256', header: 'X-Signature', timestamp: { header: 'X-Timestamp', signed: 'bodytimestamp' } },
    { 'x-signature': '93800482ca289ca2ab5ad69bbb6a631e6a997ad0fb659f5edfb80f566fc07457', 'x-timestamp': '1700000000' },
  ],
  [
    { scheme: 'base64-sha256', header: 'X-Line-Signature' },
    { 'x-line-signature': createHmac('sha256', 'key').update(body).digest('base64') },
  ],
  [{ scheme: 'base64-sha1', header: 'X-Sig' }, { 'x-sig': createHmac('sha1', 'key').update(body).digest('base64') }],
  [{ scheme: 'bearer' }, { authorization: 'Bearer key' }],
  [{ scheme: 'bearer', header: 'X-Token' }, { 'x-token': 'key' }],
];

describe('a signature', () => {
  test.each(vectors)('of %j is believed, and nothing near it', (config, headers) => {
    expect(judged(config, headers, ['key'])).toBe('good');
    expect(judged(config, headers, ['new', 'key'])).toBe('good');
    expect(judged(config, headers, ['new'])).toBe('bad-signature');
    expect(judged(config, {}, ['key'])).toBe('bad-signature');
    for (const [name, value] of Object.entries(headers)) {
      expect(judged(config, { ...headers, [name]: `${value}x` }, ['key'])).toBe('bad-signature');
      expect(judged(config, { ...headers, [name]: '' }, ['key'])).toBe('bad-signature');
    }
    expect(judged(config, headers, [])).toBe('bad-signature');
  });

  test("of LINE's documentation is believed", () => {
    const line = { scheme: 'base64-sha256', header: 'X-Line-Signature' };
    const asLine = asked(
      { 'x-line-signature': 'GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=' },
      Buffer.from('{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'),
    );
    const judgedBy = (config: object, request: ReturnType<typeof asked>, secret: string) =>
      judge(request, signatureConfig.parse({ secret: 's', ...config }), { secrets: [secret], nowMs: now });
    expect(judgedBy(line, asLine, '8c570fa6dd201bb328f1c1eac23a96d8')).toBe('good');
    expect(judgedBy(line, asLine, '8c570fa6dd201bb328f1c1eac23a96d9')).toBe('bad-signature');
  });

  test('with its time is believed for five minutes', () => {
    const [config, headers] = vectors[1] ?? [{}, {}];
    expect(judged(config, headers, ['key'], now + 299_000)).toBe('good');
    expect(judged(config, headers, ['key'], now + 301_000)).toBe('replay');
    expect(judged(config, headers, ['key'], now - 301_000)).toBe('replay');
  });

  test('of Telnyx is Ed25519 over time and body', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
    const signature = sign(null, Buffer.from('1700000000|{}'), privateKey).toString('base64');
    const headers = { 'telnyx-timestamp': '1700000000', 'telnyx-signature-ed25519': signature };
    const config = { scheme: 'telnyx-ed25519' };
    expect(judged(config, headers, [key])).toBe('good');
    expect(judged(config, { ...headers, 'telnyx-timestamp': '1700000001' }, [key])).toBe('bad-signature');
    expect(judged(config, headers, ['no key'])).toBe('bad-signature');
    expect(judged(config, headers, [key], now + 400_000)).toBe('replay');
  });
});
