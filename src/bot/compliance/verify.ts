/** `!c verify`: whether the record is whole, in one line. */
import { answered, refused } from '../answer.ts';
import { command, takesNothing } from '../command.ts';
import { oneLine } from '../quote.ts';
import type { DeskContext } from './desk-context.ts';
import { grouped } from './shown-time.ts';

export const verify = command<DeskContext, undefined>({
  name: 'verify',
  usage: '!c verify',
  example: '!c verify',
  summary: 'checks that nothing on record was changed',
  where: ['desk'],
  parse: takesNothing,
  run: async (_, { tools }) => {
    const found = await tools.verify();
    const data = { ok: found.ok, size: found.size, root: found.root, erased: found.erased, covered: found.covered };
    if (found.firstBad !== null) {
      const { position, what } = found.firstBad;
      return refused('failed', `Broken ✗ at record ${grouped(position)}: ${oneLine(what)}. Tell the admin now.`, {
        data,
      });
    }
    if (!found.ok)
      return refused('failed', 'Broken ✗: the record does not match its signed checkpoints. Tell the admin now.', {
        data,
      });
    const unexplained = found.gaps?.unexplained ?? 0;
    const lawful = found.erased - unexplained;
    const erased = lawful === 0 ? '' : ` · ${grouped(lawful)} erased by rule`;
    const unsaid = unexplained === 0 ? '' : ` · ${grouped(unexplained)} unreadable, and no record says why`;
    const signed = found.uncovered === 0 ? 'all signed' : `signed to ${grouped(found.covered)}`;
    return answered(`Record unbroken to ${grouped(found.size)} ✓ · ${signed}${erased}${unsaid}`, { data });
  },
});
