import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { checkScanner } from '../../../src/cli/doctor/scanner.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { fakeClamd, type FakeClamdOptions } from './fake-clamd.ts';

async function found(options: FakeClamdOptions = {}): Promise<readonly unknown[]> {
  await using clamd = await fakeClamd(options);
  return await look(clamd.port);
}

async function look(port: number): Promise<readonly unknown[]> {
  const media = { scan: { clamd: { host: '127.0.0.1', port } }, unscanned: 'hold' as const, maxSize: 1, fetchFrom: [] };
  const findings = await checkScanner({ media }, systemClock);
  return findings.map(({ level, message }) => [level, message]);
}

describe('doctor asks the scanner', () => {
  test('about the EICAR test file and a letter', async () => {
    expect(await found()).toEqual([['info', 'clamd stops the EICAR test file and lets a letter by']]);
  });

  test('and says so when it lets the test file by, or stops everything', async () => {
    expect(await found({ answer: () => 'stream: OK' })).toEqual([['error', 'clamd lets the EICAR test file by']]);
    expect(await found({ answer: () => 'stream: All FOUND' })).toEqual([['error', 'clamd stops a plain letter (All)']]);
  });

  test('and says what it means when it is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    expect(await look(typeof address === 'object' && address !== null ? address.port : 0)).toEqual([
      ['error', 'clamd did not answer: ECONNREFUSED; no file is shown or sent meanwhile'],
    ]);
  });

  test('and says nothing where there is none', async () => {
    const media = { scan: 'none' as const, unscanned: 'hold' as const, maxSize: 1, fetchFrom: [] };
    expect(await checkScanner({ media }, systemClock)).toEqual([]);
  });
});
