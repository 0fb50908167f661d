import { describe, expect, test } from '@jest/globals';
import { HeardMms } from '../../../../src/networks/android/heard-mms.ts';
import { heardFrom, mmsId } from '../../../../src/networks/android/events.ts';
import { LineFinder } from '../../../../src/networks/android/lines.ts';
import { androidConfig } from '../../../../src/networks/android/config.ts';
import type { Kv, KvEdit } from '../../../../src/core/ports/connector.ts';
import { must, parseMillis } from '../../../../src/core/ids.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const DAY_MS = 86_400_000;
const sender = '+12025550199';

/** Notes in memory; tells which lists were asked for, and what happens while one is read. */
class Notes implements Kv {
  readonly kept = new Map<string, Uint8Array>();
  readonly listed: string[] = [];
  meanwhile: () => Promise<void> = () => Promise.resolve();

  get = (key: string): Promise<Uint8Array | undefined> => Promise.resolve(this.kept.get(key));

  list = async (prefix: string): Promise<{ readonly key: string; readonly value: Uint8Array }[]> => {
    this.listed.push(prefix);
    const found = Array.from(this.kept, ([key, value]) => ({ key, value })).filter(({ key }) => key.startsWith(prefix));
    await this.meanwhile();
    return found;
  };

  apply = (edits: readonly KvEdit[]): Promise<void> => {
    for (const { key, value } of edits) {
      if (value === null) this.kept.delete(key);
      else this.kept.set(key, value);
    }
    return Promise.resolve();
  };
}

function house() {
  const kv = new Notes();
  const clock = new ManualClock();
  const heard = new HeardMms({ kv, clock });
  const config = androidConfig.parse({ username: 'u', password: 'p', signingKey: 'k' });
  /** The webhook of a picture message; resolves with what its bytes are fetched by. */
  const comes = async (): Promise<string> => {
    const at = clock.now();
    const receivedAt = new Date(at).toISOString();
    const attachments = [{ partId: 0, contentType: 'image/jpeg', data: Buffer.from('a picture').toString('base64') }];
    const payload = { messageId: '7', sender, receivedAt, attachments };
    const given = { came: { at, raw: Buffer.from('{}') }, lines: new LineFinder([], config) };
    const found = heardFrom('mms:downloaded', payload, given);
    if (found === undefined) throw new Error('the webhook was not understood');
    await kv.apply(heard.edits(found, at));
    return `0@${mmsId(sender, at)}`;
  };
  return { kv, clock, heard, comes };
}

describe('bytes that came with a webhook', () => {
  test('are there for a week, and their message is known for longer', async () => {
    const { clock, heard, comes } = house();
    const id = mmsId(sender, must(parseMillis(clock.now())));
    const ref = await comes();
    clock.advance(6 * DAY_MS);
    await heard.forgetOld();
    await expect(heard.bytesOf(ref)).resolves.toEqual(Buffer.from('a picture'));
    clock.advance(2 * DAY_MS);
    await heard.forgetOld();
    await expect(heard.bytesOf(ref)).resolves.toBeUndefined();
    await expect(heard.has(id)).resolves.toBe(true);
    clock.advance(400 * DAY_MS);
    await heard.forgetOld();
    await expect(heard.has(id)).resolves.toBe(false);
  });

  test('stay where they come while old ones are let go', async () => {
    const { kv, clock, heard, comes } = house();
    const old = await comes();
    clock.advance(8 * DAY_MS);
    let fresh = '';
    kv.meanwhile = async () => {
      if (fresh === '') fresh = await comes();
    };
    await heard.forgetOld();
    await expect(heard.bytesOf(fresh)).resolves.toEqual(Buffer.from('a picture'));
    await expect(heard.bytesOf(old)).resolves.toBeUndefined();
  });

  test('are not read to be let go: a week of pictures may be more than memory holds', async () => {
    const { kv, clock, heard, comes } = house();
    await comes();
    clock.advance(8 * DAY_MS);
    await heard.forgetOld();
    expect(kv.listed).toEqual(['mms-heard/']);
  });
});
