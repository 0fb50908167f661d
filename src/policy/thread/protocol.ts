/** What whoever judges and the scanner threads say to each other. Both ends are ours; both check all the same. */
import { z } from 'zod';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import type { Compiled, FileText, FileToRead } from '../scan.ts';
import type { Verdict } from '../verdict.ts';

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

const file = z.object({
  type: z.string(),
  name: z.string().exactOptional(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
}) satisfies z.ZodType<FileToRead>;

/** One question at a time: the next one is asked when it is answered. */
export const toScanner = z.discriminatedUnion('type', [
  z.object({ type: z.literal('use'), rules: z.custom<RuleSet>(isObject) }),
  z.object({
    type: z.literal('judge'),
    message: z.custom<JudgedMessage>(isObject),
    context: z.custom<MessageContext>(isObject),
  }),
  z.object({ type: z.literal('read'), file }),
]);
export type ToScanner = z.infer<typeof toScanner>;

export const fromScanner = z.discriminatedUnion('type', [
  z.object({ type: z.literal('compiled'), compiled: z.custom<Compiled>(isObject) }),
  z.object({ type: z.literal('judged'), verdict: z.custom<Verdict>(isObject) }),
  z.object({ type: z.literal('text'), text: z.custom<FileText>(isObject) }),
]);
export type FromScanner = z.infer<typeof fromScanner>;
