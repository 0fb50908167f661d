/** What Echo posts, looked at before it is believed. Fields that nothing here reads are let go. */
import { z } from 'zod';

const phone = z.string().regex(/^\+[1-9]\d{4,14}$/);
const id = z.string().min(1).max(100);
const at = z.int().nonnegative();

const message = z.object({ type: z.literal('message'), id, from: phone, to: phone, text: z.string(), at });
const receipt = z.object({ type: z.literal('receipt'), id, message: id, state: z.enum(['delivered', 'failed']), at });

/** One item; anything else is `undefined`, and goes on record as what it is. */
export const item = z.union([message, receipt]);
export const call = z.object({ items: z.array(z.unknown()) });
export const accepted = z.object({ id });
