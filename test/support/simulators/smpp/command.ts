import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { systemClock } from '../../../../src/core/clock.ts';
import { runCarrier } from '../../../../src/demo/carrier/carrier.ts';
import type { Simulator } from '../simulator.ts';

const written = z.strictObject({ from: z.string().min(1), to: z.string().min(1), text: z.string() });
const logged = z.looseObject({ pdu: z.string() });

export const simulator: Simulator = {
  about: 'an SMS carrier (SMPP 3.4); also there as `gatehouse carrier`',
  options: {
    'system-id': 'who may bind',
    'password-file': 'with the password in this file',
    log: 'its log of every PDU, as JSON lines: a file, added to',
    'faults?': 'a file that says what it does wrong',
  },
  takes: ['{"from": "+12025550199", "to": "+12025550104", "text": "Is the blue one still available?"}'],
  start: async ({ host, port, option }) => {
    const log = option('log') ?? '';
    const carrier = await runCarrier({
      listen: `${host}:${String(port)}`,
      systemId: option('system-id') ?? '',
      password: readFileSync(option('password-file') ?? '', 'utf8').trim(),
      log,
      faults: option('faults'),
      clock: systemClock,
    });
    return {
      listening: carrier.address,
      received: () => textsIn(log),
      customer: (line) => carrier.delivered(carrier.deliver(written.parse(line))),
      close: () => carrier.close(),
    };
  },
};

/** Whole texts that Gatehouse sent, among all PDUs. */
function textsIn(log: string): readonly object[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => logged.parse(JSON.parse(line)))
    .filter(({ pdu }) => pdu === 'message')
    .map(({ id, to, text }) => ({ id, to, text }));
}
