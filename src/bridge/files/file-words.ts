/** What a room is told of a file that isn't shown there. */
import type { Attachment } from '../../core/network-entries.ts';
import type { FileState, Standing } from './file-states.ts';
import { spokenName } from './file-name.ts';

const LONGEST_DETAIL = 100;

/** Undefined for one that is shown. */
export function fileWords(
  { name: given, kind }: Pick<Attachment, 'name' | 'kind'>,
  state: FileState | undefined,
  standing: Standing,
): string | undefined {
  const name = spokenName(given, kind);
  switch (standing) {
    case 'fine':
      return undefined;
    case 'malware':
      return `🛑 A file was stopped: ${name}${because(state)}. Compliance was told.`;
    case 'unchecked':
      return `📎 ${name} waits for the malware check.`;
    case 'uncheckable':
      return `📎 ${name} is not shown: the malware check can't read it. It is on record; ask compliance.`;
    case 'awaited':
      return `📎 ${name} hasn't come yet.`;
    case 'missing':
      return missingWords(name, state);
  }
}

function missingWords(name: string, state: FileState | undefined): string {
  const why = state?.is === 'missing' ? state.why : 'later';
  switch (why) {
    case 'later':
      return `📎 ${name} hasn't come yet.`;
    case 'too-large':
      return `📎 ${name} is not shown: it is larger than we keep. Ask for a smaller one, or a link.`;
    case 'not-found':
      return `📎 ${name} can't be had: the network hasn't got it any more. Ask for it again.`;
    case 'refused':
      return `📎 ${name} can't be had${because(state)}. Ask for it again.`;
    case 'gave-up':
      return `📎 ${name} could not be fetched for a week. Ask for it again.`;
  }
}

function because(state: FileState | undefined): string {
  const detail = state?.is === 'kept' ? state.scan?.detail : state?.detail;
  return detail === undefined ? '' : ` (${detail.slice(0, LONGEST_DETAIL)})`;
}
