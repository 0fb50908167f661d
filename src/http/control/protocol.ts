/**
 * The control socket's words: one request a connection, as a line of JSON; then any number of `progress` lines and one
 * `done` or `failed` line.
 */
import { z } from 'zod';
import type { Json } from '../../core/json.ts';

/** Longest line either side takes, in bytes. */
export const LINE_MAX = 8 * 1024 * 1024;

export const request = z.strictObject({ command: z.string().max(64), args: z.json() });

/** `usage`: the arguments are wrong; `refused`: understood and not done, in words; `failed`: a fault inside. */
export const failureCodes = ['unknown-command', 'usage', 'refused', 'failed'] as const;
export type ControlFailureCode = (typeof failureCodes)[number];

export const reply = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('progress'), value: z.json() }),
  z.strictObject({ to: z.literal('done'), value: z.json() }),
  z.strictObject({ to: z.literal('failed'), code: z.enum(failureCodes), message: z.string() }),
]);
export type ControlReply = z.infer<typeof reply>;

/** Cuts what arrives into lines; throws when one is longer than `LINE_MAX`. */
export class Lines {
  #parts: Buffer[] = [];
  #size = 0;

  /** The lines that are complete with `chunk`. */
  take(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      lines.push(Buffer.concat([...this.#parts, rest.subarray(0, end)]).toString('utf8'));
      this.#parts = [];
      this.#size = 0;
      rest = rest.subarray(end + 1);
    }
    this.#size += rest.length;
    if (this.#size > LINE_MAX) throw new Error('a line is too long');
    if (rest.length > 0) this.#parts.push(rest);
    return lines;
  }
}

/** One line of the protocol; undefined for anything else. */
export function parseLine<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export function lineOf(message: { readonly to: string } | { readonly command: string; readonly args: Json }): string {
  return `${JSON.stringify(message)}\n`;
}
