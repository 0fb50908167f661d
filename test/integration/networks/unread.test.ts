import net from 'node:net';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { Link } from '../../../src/networks/smpp/link.ts';
import { until } from '../../support/carrier.ts';
import { KeptLog } from '../../support/quiet.ts';

/** What a loopback connection holds by itself differs; this is more than any. */
const QUESTIONS_AT_ONCE = 20_000;

test('a carrier that asks without end and reads no answer is disconnected, with a bounded number of bytes held for it', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pause();
    const questions = Buffer.concat(
      Array.from({ length: QUESTIONS_AT_ONCE }, (_, n) =>
        encodePdu({ command: 'enquire_link', status: 0, sequence: n + 1 }),
      ),
    );
    const ask = (): void => {
      if (socket.writable) socket.write(questions, ask);
    };
    ask();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const socket = net.connect(address !== null && typeof address === 'object' ? address.port : 0, '127.0.0.1');
  socket.on('error', () => undefined);
  const log = new KeptLog();
  const handlers = { request: nothing, malformed: nothing, closed: () => undefined };
  const link = new Link({ socket, clock: systemClock, log, responseTimeout: 1_000, enquireLink: 60_000, handlers });
  let most = 0;
  await until(
    'the end of the connection',
    () => {
      most = Math.max(most, socket.writableLength);
      return link.closed;
    },
    60_000,
  );
  expect(log.events()).toContain('smpp.unread');
  expect(most).toBeLessThan(8 * 1024 * 1024);
  await new Promise((resolve) => server.close(resolve));
});

function nothing(): Promise<void> {
  return Promise.resolve();
}
