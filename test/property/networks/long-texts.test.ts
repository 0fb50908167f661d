import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodePdu } from '../../../src/networks/smpp/codec/encode.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { inboundProcess, minutes, part, type InboundRig } from '../../support/smpp-inbound.ts';

/** What happens to a long text of `total` parts on its way, until all have come. */
interface Way {
  readonly total: number;
  readonly steps: readonly Step[];
}

interface Step {
  /** From 1. */
  readonly part: number;
  readonly minutesBefore: number;
  readonly killedBefore: boolean;
  /** The commit goes through, and the record says that it failed: the carrier gives the part again. */
  readonly seemsToFail: boolean;
}

const way: fc.Arbitrary<Way> = fc.integer({ min: 2, max: 5 }).chain((total) => {
  const numbers = Array.from({ length: total }, (_, index) => index + 1);
  const how = { minutesBefore: fc.nat(25), killedBefore: fc.boolean(), seemsToFail: fc.boolean() };
  return fc
    .record({
      order: fc.shuffledSubarray(numbers, { minLength: total }),
      again: fc.array(fc.nat(total - 2), { maxLength: 4 }),
      hows: fc.array(fc.record(how), { minLength: total + 4, maxLength: total + 4 }),
    })
    .map(({ order, again, hows }) => {
      // What is given again is so before the last one has come: after that nothing tells it from another text.
      const given = [...order.slice(0, -1), ...again.map((index) => order[index] ?? 1), ...order.slice(-1)];
      return { total, steps: given.map((number, index) => ({ part: number, ...(hows[index] ?? fail()) })) };
    });
});

function fail(): never {
  throw new Error('too few');
}

/** What a room shows at last but for what is marked as perhaps a repeat, and what is left in the notes. */
async function walked({ total, steps }: Way): Promise<{ shown: string[]; notes: string[] }> {
  const clock = new ManualClock();
  let rig = await inboundProcess(clock);
  const texts = new Map<string, string>();
  let seen = 0;
  const look = ({ core }: InboundRig): void => {
    for (const event of core.events.splice(0)) {
      seen += 1;
      if (event.mayRepeat === true) continue;
      if (event.kind === 'message') texts.set(event.message.remoteId ?? `whole ${seen}`, event.message.text);
      if (event.kind === 'edit') texts.set(event.edit.target, event.edit.text);
    }
  };
  for (const step of steps) {
    clock.advance(step.minutesBefore * minutes);
    await rig.background.idle();
    look(rig);
    if (step.killedBefore) {
      rig.core.kill();
      rig = await inboundProcess(clock, rig.core.kv);
    }
    if (step.seemsToFail) rig.core.failAfterCommit = 1;
    const pdu = part(step.part, total, `<${step.part}>`);
    const frame = encodePdu({ ...pdu, status: 0, sequence: 1 });
    const answer = await rig.inbound.receive(pdu, frame, 1);
    rig.core.failAfterCommit = 0;
    if (answer.status !== 0) await rig.inbound.receive(pdu, frame, 1);
    look(rig);
  }
  clock.advance(20 * minutes);
  await rig.background.idle();
  look(rig);
  const notes = Array.from(rig.core.kv.keys()).filter((key) => /^(?:part|told):/u.test(key));
  return { shown: Array.from(texts.values()), notes };
}

test('whatever happens to the parts of a long text on their way, it stands there whole at last, and once', async () => {
  await fc.assert(
    fc.asyncProperty(way, async (one) => {
      const { shown, notes } = await walked(one);
      const whole = Array.from({ length: one.total }, (_, index) => `<${index + 1}>`).join('');
      expect(shown).toEqual([whole]);
      expect(notes).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
