import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { systemClock } from '../../../../src/core/clock.ts';
import { runCarrier } from '../../../../src/demo/carrier/carrier.ts';
import type { Simulator } from '../simulator.ts';

const written = z.strictObject({ from: z.string().min(1), to: z.string().min(1), text: z.string() });

export const simulator: Simulator = {
  about: 'an SMS carrier (SMPP 3.4); also there as `gatehouse carrier`',
  options: {
    'system-id': 'who may bind',
    'password-file': 'with the password in this file',
    log: 'its log, as JSON lines',
    'faults?': 'a file that says what it does wrong',
  },
  start: async ({ host, port, option }) => {
    const carrier = await runCarrier({
      listen: `${host}:${String(port)}`,
      systemId: option('system-id') ?? '',
      password: readFileSync(option('password-file') ?? '', 'utf8').trim(),
      log: option('log') ?? '',
      faults: option('faults'),
      clock: systemClock,
    });
    return {
      listening: carrier.address,
      customer: (line) => {
        carrier.deliver(written.parse(line));
      },
      close: () => carrier.close(),
    };
  },
};
