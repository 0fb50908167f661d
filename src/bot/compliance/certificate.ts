/** `!c certificate [run]`: what a run deleted, as a short message and a signed file. */
import { ok } from '../../core/result.ts';
import type { Position } from '../../core/ids.ts';
import { answered, refused } from '../answer.ts';
import { command } from '../command.ts';
import type { DeskContext } from './desk-context.ts';
import { positionTyped } from './position-typed.ts';
import { certificateLines } from './retention-run-words.ts';

export const certificate = command<DeskContext, Position | undefined>({
  name: 'certificate',
  usage: '!c certificate [run]',
  example: '!c certificate',
  summary: 'what was deleted by age, signed',
  where: ['desk'],
  parse: (rest) => (rest === '' ? ok(undefined) : positionTyped(rest)),
  run: async (run, { tools }) => {
    const found = await tools.retention?.certificate(run);
    if (found === undefined) {
      return refused(
        'not-found',
        run === undefined ? 'No run has deleted anything yet.' : `There's no run ${String(run)}.`,
      );
    }
    const { entry, file } = found;
    return answered(certificateLines(entry.body).join('\n'), {
      positions: [entry.position],
      data: { run: entry.body.run, certificate: entry.position, sha256: entry.body.sha256 },
      file,
    });
  },
});
