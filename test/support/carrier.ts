/** The simulated carrier for tests: on a free port, with its log and faults in a folder of their own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { systemClock, wait } from '../../src/core/clock.ts';
import { runCarrier, type Carrier } from '../../src/demo/carrier/carrier.ts';

const line = z.object({
  at: z.string(),
  dir: z.enum(['in', 'out']),
  pdu: z.string(),
  seq: z.number(),
  status: z.number(),
  from: z.string().optional(),
  to: z.string().optional(),
  text: z.string().optional(),
  id: z.string().optional(),
});
export type CarrierLine = z.output<typeof line>;

export interface TestCarrier extends AsyncDisposable {
  readonly carrier: Carrier;
  readonly port: number;
  lines(): CarrierLine[];
  /** Whole texts that the carrier took, in order. */
  texts(): CarrierLine[];
  setFaults(faults: unknown): void;
}

export const carrierAccount = { systemId: 'acme', password: 'secret08' };

export async function startCarrier(faults: unknown = {}, listen = '127.0.0.1:0'): Promise<TestCarrier> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-carrier-'));
  const log = path.join(folder, 'carrier.jsonl');
  const faultsFile = path.join(folder, 'faults.json');
  writeFileSync(faultsFile, JSON.stringify(faults));
  const carrier = await runCarrier({ listen, ...carrierAccount, log, faults: faultsFile, clock: systemClock });
  const lines = (): CarrierLine[] => parseLines(log);
  return {
    carrier,
    port: Number(carrier.address.split(':').at(-1)),
    lines,
    texts: () => lines().filter((one) => one.pdu === 'message'),
    setFaults: (changed) => {
      writeFileSync(faultsFile, JSON.stringify(changed));
    },
    async [Symbol.asyncDispose]() {
      await carrier.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function parseLines(file: string): CarrierLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => line.parse(JSON.parse(text)));
}

/** Waits for a condition; says what it waited for when it never comes true. The patience is for what hangs. */
export async function until(what: string, condition: () => boolean, withinMs = 60_000): Promise<void> {
  const deadline = systemClock.monotonic() + withinMs;
  while (!condition()) {
    if (systemClock.monotonic() > deadline) throw new Error(`waited in vain for ${what}`);
    await wait(systemClock, 5);
  }
}
