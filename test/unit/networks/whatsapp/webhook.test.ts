import { describe, expect, test } from '@jest/globals';
import { challengeOf, isSigned } from '../../../../src/networks/whatsapp/signature.ts';
import { escapedJson, signatureOf } from '../../../support/simulators/webhook-calls.ts';
import { messages, openHouse, secret, statuses } from './house.ts';

const body = Buffer.from('{"object":"whatsapp_business_account"}');
const vector = 'sha256=03f6dd944ecab4ddac0e3dbc3923b2da4e12b03df679ae23a52efd78ca6056e0';

describe('whether a call is from Meta', () => {
  test('is told by the signature over the raw bytes, by either secret', () => {
    expect(isSigned(body, vector, ['secret'])).toBe(true);
    expect(isSigned(body, vector, ['the new one', 'secret'])).toBe(true);
    expect(isSigned(body, vector, ['the new one'])).toBe(false);
  });

  test.each([
    undefined,
    '',
    'sha256=',
    `${vector}00`,
    vector.toUpperCase(),
    vector.replace('sha256=', 'sha1='),
    ['a', 'b'],
  ])('is not told by %p', (header) => {
    expect(isSigned(body, header, ['secret'])).toBe(false);
  });

  test('is told by bytes, not by what they mean: é and \\u00e9 have different signatures', () => {
    const [raw, escaped] = [Buffer.from('{"text":"é"}'), Buffer.from(escapedJson({ text: 'é' }))];
    expect(escaped.toString()).toBe('{"text":"\\u00e9"}');
    expect(isSigned(escaped, signatureOf(escaped, 's'), ['s'])).toBe(true);
    expect(isSigned(raw, signatureOf(escaped, 's'), ['s'])).toBe(false);
  });

  test('is asked once by a word that was agreed', () => {
    const query = 'hub.mode=subscribe&hub.verify_token=agreed&hub.challenge=1158201444';
    expect(challengeOf(`/webhooks/wa?${query}`, 'agreed')).toBe('1158201444');
    expect(challengeOf(`/webhooks/wa?${query}`, 'another')).toBeUndefined();
    expect(challengeOf('/webhooks/wa', 'agreed')).toBeUndefined();
    expect(challengeOf(`/webhooks/wa?${query.replace('subscribe', 'x')}`, 'agreed')).toBeUndefined();
    expect(challengeOf(`/webhooks/wa?${query.replace('1158201444', '%3Cscript%3E')}`, 'agreed')).toBeUndefined();
  });
});

describe('the webhook', () => {
  test('answers the question with its challenge as plain text, and a wrong word with 403', async () => {
    const { core } = await openHouse();
    const ask = (token: string) =>
      core.call({
        method: 'GET',
        target: `/webhooks/wa?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=42`,
        ...{ headers: {}, body: Buffer.alloc(0) },
      });
    await expect(ask('agreed')).resolves.toEqual({ to: 'accepted', body: { type: 'text/plain', content: '42' } });
    await expect(ask('guessed')).resolves.toEqual({ to: 'refused' });
  });

  test.each([
    '',
    'null',
    '[]',
    '{',
    '{"object":"page","entry":[]}',
    '{"object":"whatsapp_business_account"}',
    '"\ud800"',
  ])('records what is signed and means nothing: %j', async (text) => {
    const { core } = await openHouse();
    const sent = Buffer.from(text);
    const headers = { 'x-hub-signature-256': signatureOf(sent, secret) };
    await expect(core.call({ method: 'POST', target: '/', headers, body: sent })).resolves.toEqual({ to: 'accepted' });
    expect(core.events).toMatchObject([{ kind: 'unsupported', sure: true, raw: sent }]);
  });

  test('asks to come again when the record refuses, and when we are stopping', async () => {
    const { core, connector, hears } = await openHouse();
    core.gate = () => Promise.reject(new Error('disk full'));
    const payload = messages({ type: 'text', text: { body: 'again' } });
    await expect(hears(payload)).rejects.toThrow('disk full');
    core.gate = () => Promise.resolve();
    await expect(hears(payload)).resolves.toEqual({ to: 'accepted' });
    expect(core.texts).toEqual(['again']);
    await connector.stop(100);
    await expect(hears(payload)).rejects.toThrow('not taking in');
  });

  test.each([
    [131_047, 'free text goes only for 24 hours after their last message; !templates shows what does'],
    [131_026, 'not on WhatsApp, or too old an app'],
    [132_015, 'the template is paused; !templates shows what can be sent'],
    [131_099, 'why (131099)'],
  ])('that a message failed with %i after Meta took it is told in words that help its sender', async (code, detail) => {
    const { core, hears } = await openHouse();
    const error = { code, title: 'title', error_data: { details: 'why' } };
    await hears(statuses({ status: 'failed', errors: [error] }));
    expect(core.updates).toMatchObject([{ state: 'failed', code: String(code), detail }]);
  });

  test('answers only after what it brought is on record', async () => {
    const { core, hears } = await openHouse();
    const commit = Promise.withResolvers<undefined>();
    core.gate = () => commit.promise;
    let done = false;
    const call = hears(messages({ type: 'text', text: { body: 'slow' } })).finally(() => {
      done = true;
    });
    await new Promise(setImmediate);
    expect(done).toBe(false);
    commit.resolve(undefined);
    await call;
    expect(core.texts).toEqual(['slow']);
  });
});
