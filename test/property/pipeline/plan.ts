/** What a history is made of: what people do, and a list of numbers that decide what happens next. */
import fc from 'fast-check';

export type Stimulus =
  /** A customer writes; with `same`, what everybody writes: two of those are alike and yet two. */
  | { readonly do: 'text'; readonly customer: number; readonly same: boolean }
  | { readonly do: 'write'; readonly who: number; readonly portal: number }
  /** The same, of what a rule stops. */
  | { readonly do: 'confide'; readonly who: number; readonly portal: number }
  /** An officer decides about something that was stopped; two of them decide at once. */
  | { readonly do: 'decide'; readonly which: number; readonly hows: readonly Decision[] }
  /** About an earlier message of staff; an edit with an odd number writes what a rule stops. */
  | { readonly do: 'edit' | 'delete' | 'retry' | 'cancel'; readonly which: number }
  /** Words that stay among colleagues. */
  | { readonly do: 'note' | 'talk'; readonly portal: number }
  /** Staff write to somebody new. */
  | { readonly do: 'open'; readonly portal: number };

export type Decision = 'approved' | 'rejected' | 'expired';

export interface Plan {
  /** Whether two chats are open when it begins. */
  readonly opened: boolean;
  readonly script: readonly Stimulus[];
  /** Each one decides one thing; 0 lets go on what waits longest. When there are no more, all faults end. */
  readonly decisions: readonly number[];
  /** Released steps, counted from the first, after which the process is killed: also when all other faults have ended. */
  readonly kills: readonly number[];
  /** The homeserver runs on the same machine: it begins a new life with each of these. */
  readonly together?: boolean;
}

export const DECISIONS = 100_000;

const small = fc.nat({ max: 5 });
const changes: fc.Arbitrary<Stimulus> = fc.record({
  do: fc.constantFrom('edit', 'delete', 'retry', 'cancel'),
  which: small,
});
const decision: fc.Arbitrary<Stimulus> = fc.record({
  do: fc.constant('decide'),
  which: small,
  hows: fc.array(fc.constantFrom('approved', 'approved', 'rejected', 'expired'), { minLength: 1, maxLength: 2 }),
});
const stimulus: fc.Arbitrary<Stimulus> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('text'), customer: fc.nat({ max: 2 }), same: fc.boolean() }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('write'), who: fc.nat({ max: 6 }), portal: small }) },
  { weight: 4, arbitrary: changes },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('note', 'talk'), portal: small }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open'), portal: small }) },
);

/** Something is stopped at the gate, and then something becomes of it. */
const confided: fc.Arbitrary<Stimulus> = fc.record({
  do: fc.constantFrom('confide', 'confide', 'write'),
  who: fc.nat({ max: 1 }),
  portal: small,
});
const after: fc.Arbitrary<Stimulus> = fc.oneof(
  { weight: 3, arbitrary: changes },
  { weight: 4, arbitrary: decision },
  { weight: 1, arbitrary: stimulus },
);
const scene: fc.Arbitrary<readonly Stimulus[]> = fc
  .tuple(confided, fc.array(after, { minLength: 1, maxLength: 2, size: 'max' }))
  .map(([first, then]) => [first, ...then]);

export const plans: fc.Arbitrary<Plan> = fc.record({
  opened: fc.nat({ max: 7 }).map((n) => n < 7),
  script: fc.oneof(
    { weight: 3, arbitrary: fc.array(stimulus, { minLength: 1, maxLength: 3, size: 'max' }) },
    { weight: 1, arbitrary: scene },
  ),
  decisions: fc.array(fc.nat({ max: DECISIONS - 1 }), { maxLength: 32, size: 'max' }),
  kills: fc.array(fc.nat({ max: 45 }), { maxLength: 2, size: 'max' }),
  together: fc.nat({ max: 3 }).map((n) => n === 3),
});
