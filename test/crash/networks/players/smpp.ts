/** A carrier over SMPP: a text is kept until it is answered with 0, and has no name by which a repeat is known. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../../../src/core/clock.ts';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { runCarrier } from '../../../../src/demo/carrier/carrier.ts';
import { carrierAccount } from '../../../support/carrier.ts';
import type { Player, Taken } from '../player.ts';

const LINE = '+12025550133';
const FIRST = 12_025_550_600;
const line = z.object({ pdu: z.string() });
const whole = z.object({ to: z.string(), text: z.string(), id: z.string() });

export async function smppPlayer(): Promise<Player> {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-smpp-'));
  const log = join(dir, 'carrier.jsonl');
  const carrier = await runCarrier({ listen: '127.0.0.1:0', ...carrierAccount, log, clock: systemClock });
  return {
    line: must(parseAddress(LINE)),
    settings: {
      ...{ host: '127.0.0.1', port: Number(carrier.address.split(':').at(-1)), ...carrierAccount },
      ...{ reconnect: { first: '50ms', most: '500ms' }, responseTimeout: '5s', perSecond: 1_000 },
    },
    writes: (n, text) => carrier.delivered(carrier.deliver({ from: `+${String(FIRST + n)}`, to: LINE, text })),
    taken: takenIn(log),
    // The carrier sends its receipts by itself, each until it is answered.
    arrives: () => Promise.resolve(true),
    nameless: true,
    close: async () => {
      await carrier.close();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Reads on where the log has grown. */
function takenIn(log: string): () => readonly Taken[] {
  const taken: Taken[] = [];
  let read = 0;
  return () => {
    if (statSync(log).size === read) return taken;
    const bytes = readFileSync(log).subarray(read);
    const end = bytes.lastIndexOf('\n') + 1;
    read += end;
    for (const one of bytes.subarray(0, end).toString('utf8').split('\n')) {
      if (one !== '') taken.push(...messageIn(JSON.parse(one)));
    }
    return taken;
  };
}

function messageIn(written: unknown): readonly Taken[] {
  if (line.parse(written).pdu !== 'message') return [];
  const { id, to, text } = whole.parse(written);
  return [{ id, person: Number(to) - FIRST, text }];
}
