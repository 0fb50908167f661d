/** Customers' texts as JSON lines `{from, to, text}`: what `gatehouse carrier` reads from its standard input. */
import { z } from 'zod';
import type { Carrier } from './carrier.ts';

const line = z.strictObject({ from: z.string().min(1).max(20), to: z.string().min(1).max(20), text: z.string() });

/** Hands each line to the carrier; a line that isn't one is told through `complain` and passed over. */
export async function deliverLines(
  carrier: Pick<Carrier, 'deliver'>,
  lines: AsyncIterable<string>,
  complain: (what: string) => void,
): Promise<void> {
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === '') continue;
    try {
      carrier.deliver(line.parse(JSON.parse(text)));
    } catch (error) {
      const why = error instanceof Error ? error.message : 'not JSON';
      complain(`line ${number}: expected {"from", "to", "text"}: ${why}`);
    }
  }
}
