/**
 * What the simulated carrier does wrong on purpose. The file is read again whenever it changes:
 *
 *   { "throttle": { "every": 5 },            every 5th submit is answered 0x58 "too fast"
 *     "throttlePerSecond": 10,               so is what exceeds 10 submits in a second
 *     "window": 10,                          submits unanswered at a time before 0x58
 *     "delayMs": 500,                        answers come this late
 *     "dropAnswers": { "every": 7 },         the text is taken, the answer never comes
 *     "closeMidAnswer": { "every": 9 },      half the answer, then the connection ends
 *     "duplicate": { "every": 4 },           a delivery that was answered comes once more
 *     "reject": [{ "to": "12025550199", "status": 11 }],
 *     "deliver": { "as": "data_sm", "long": "sar" },   how texts come: sar_* parameters, or whole as "payload"
 *     "queries": true,                       query_sm is answered
 *     "receipts": { "form": "hex", "delayMs": 50, "state": "DELIVRD", "beforeAnswer": true } }
 */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';

const every = z.strictObject({ every: z.number().int().min(1) });
const count = z.number().int().min(0).max(3_600_000);

const schema = z.strictObject({
  throttle: every.optional(),
  throttlePerSecond: z.number().positive().optional(),
  window: z.number().int().min(1).default(100),
  delayMs: count.default(0),
  dropAnswers: every.optional(),
  closeMidAnswer: every.optional(),
  duplicate: every.optional(),
  reject: z.array(z.strictObject({ to: z.string(), status: z.number().int().min(1) })).default([]),
  deliver: z
    .strictObject({
      as: z.enum(['deliver_sm', 'data_sm']).default('deliver_sm'),
      long: z.enum(['udh', 'sar', 'payload']).default('udh'),
    })
    .prefault({}),
  queries: z.boolean().default(false),
  receipts: z
    .strictObject({
      /** `hex`: answers give the id in hexadecimal, receipts in decimal. */
      form: z.enum(['standard', 'tlv', 'hex', 'padded', 'openmarket', 'jasmin', 'lines', 'none']).default('standard'),
      delayMs: count.default(100),
      state: z.enum(['DELIVRD', 'EXPIRED', 'UNDELIV', 'REJECTD', 'ENROUTE', 'ACCEPTD']).default('DELIVRD'),
      beforeAnswer: z.boolean().default(false),
    })
    .prefault({}),
});

export type FaultPlan = z.output<typeof schema>;
export type ReceiptForm = FaultPlan['receipts']['form'];
type Countable = 'throttle' | 'dropAnswers' | 'closeMidAnswer' | 'duplicate';

export class Faults {
  readonly #file: string | undefined;
  #plan: FaultPlan = schema.parse({});
  #version = '';
  readonly #counts = new Map<Countable, number>();

  /** @throws Error when the file is there and isn't valid: what it says is the user's to fix before the start. */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#load();
  }

  /** As the file says now; an edit that isn't valid is passed over. */
  get plan(): FaultPlan {
    try {
      this.#load();
    } catch {
      return this.#plan;
    }
    return this.#plan;
  }

  /** Whether it is this one's turn to go wrong. */
  strikes(fault: Countable): boolean {
    const rule = this.plan[fault];
    if (rule === undefined) return false;
    const seen = (this.#counts.get(fault) ?? 0) + 1;
    this.#counts.set(fault, seen);
    return seen % rule.every === 0;
  }

  #load(): void {
    if (this.#file === undefined) return;
    const { mtimeMs, size } = statSync(this.#file);
    const version = `${mtimeMs}/${size}`;
    if (version === this.#version) return;
    this.#version = version;
    this.#plan = schema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
  }
}
