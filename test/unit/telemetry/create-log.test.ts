import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createLog } from '../../../src/telemetry/create-log.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const record = z.record(z.string(), z.unknown());

function logTo(pretty = false) {
  const stream = new PassThrough();
  const log = createLog({ stream, clock: new ManualClock(0), level: 'debug', pretty });
  const lines = async (): Promise<string[]> => {
    await new Promise(setImmediate);
    const bytes: unknown = stream.read();
    return Buffer.isBuffer(bytes) ? bytes.toString('utf8').split('\n').slice(0, -1) : [];
  };
  return { log, stream, lines };
}

describe('the log', () => {
  test('writes one JSON object a line with time, level, event and fields', async () => {
    const { log, lines } = logTo();
    log.info('portal.opened', { portal: 'p1', ms: 12, ok: true });
    const [line = ''] = await lines();
    expect(record.parse(JSON.parse(line))).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      level: 'info',
      event: 'portal.opened',
      portal: 'p1',
      ms: 12,
      ok: true,
    });
  });

  test("a child keeps its parent's fields, and no field takes the place of time, level or event", async () => {
    const { log, lines } = logTo();
    log.child({ connector: 'carrier', at: 'never', level: 'x' }).warn('smpp.silent', { event: 'other' });
    const [line = ''] = await lines();
    expect(record.parse(JSON.parse(line))).toMatchObject({ connector: 'carrier', event: 'smpp.silent', level: 'warn' });
    expect(line).toContain('1970-01-01');
  });

  test('numbers, tokens and names are in neither fields, messages nor stacks', async () => {
    const { log, lines } = logTo();
    const error = new Error('no route to +12025550199 with Bearer abcdefgh');
    log.error('task.failed', { to: '+12025550199', note: 'ghost @_gh_sms_12025550199:x', text: 'Hello Ann' }, error);
    const [line = ''] = await lines();
    expect(line).not.toMatch(/2025550199|abcdefgh|Hello/u);
    expect(line).toContain('create-log.test');
  });

  test('a value can not begin a line of its own or reach the terminal', async () => {
    const nasty = 'a\n{"event":"forged"}\r\u001b[31mred\u0085\u2028b\u202e';
    for (const pretty of [false, true]) {
      const { log, lines } = logTo(pretty);
      log.info('portal.opened', { portal: nasty });
      const written = await lines();
      expect(written).toHaveLength(1);
      expect(written[0]).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
    }
  });

  test('a person at a terminal reads short lines', async () => {
    const { log, lines } = logTo(true);
    log.error('task.failed', { kind: 'send' }, new Error('boom'));
    const [first, second] = await lines();
    expect(first).toBe('00:00:00 error task.failed kind=send');
    expect(second).toBe('    Error: boom');
  });

  test('never throws: hostile fields, hostile errors, a stream that fails', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, callback) => {
        callback(new Error('EPIPE'));
      },
    });
    const log = createLog({ stream: broken, clock: new ManualClock(0) });
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, 'v'.repeat(10_000)]));
    expect(() => {
      for (let n = 0; n < 5; n += 1) log.error('x'.repeat(9999), many, Symbol('x'));
    }).not.toThrow();
    await new Promise(setImmediate);
    expect(() => {
      log.info('portal.opened');
    }).not.toThrow();
  });

  test('lines below the level are not written', async () => {
    const stream = new PassThrough();
    const log = createLog({ stream, clock: new ManualClock(0) });
    log.debug('matrix.sdk');
    await new Promise(setImmediate);
    expect(stream.read()).toBeNull();
  });

  test('a reader that stalls costs a bounded number of bytes; what it missed is counted once it reads again', async () => {
    const seen: string[] = [];
    let held: (() => void) | undefined;
    let reads = false;
    const stream = new Writable({
      write: (bytes: Buffer, _encoding, done) => {
        seen.push(bytes.toString('utf8'));
        if (reads) done();
        else held = done;
      },
    });
    const log = createLog({ stream, clock: new ManualClock(0) });
    for (let n = 0; n < 32_000; n += 1) log.info('portal.opened', { portal: `p${n}`, why: 'x'.repeat(200) });
    expect(stream.writableLength).toBeLessThan(9 * 1024 * 1024);
    reads = true;
    held?.();
    while (stream.writableLength > 0) await new Promise(setImmediate);
    log.info('portal.opened', { portal: 'after' });
    await new Promise(setImmediate);
    const lines = seen.join('').split('\n');
    expect(lines.some((line) => line.includes('log.lines-lost'))).toBe(true);
    expect(lines.at(-2)).toContain('after');
    expect(lines.length).toBeLessThan(32_000);
  });
});
