/** What a card needs of the record: the verdict's entry, the message it is about, and its text as it would go out. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import { textToSend } from '../../bridge/messages/outbound-form.ts';
import type { Carded } from './card-words.ts';
import type { DeskTools } from './desk-context.ts';

type Reading = Pick<DeskTools, 'read' | 'shown'>;

export function verdictEntry(entry: Entry | ErasedEntry | undefined): EntryOf<'policy.verdict'> | undefined {
  return entry === undefined || 'erased' in entry || entry.kind !== 'policy.verdict' ? undefined : entry;
}

/** Of what was erased only the verdict is shown. */
export async function cardedBy(verdict: EntryOf<'policy.verdict'>, tools: Reading): Promise<Carded> {
  const { of, version } = verdict.body;
  const message = await tools.read(of);
  const judged = version === undefined ? message : await tools.read(version);
  const shown = message === undefined || 'erased' in message ? {} : await tools.shown(message);
  return { verdict, shown, text: judged === undefined ? undefined : textOf(judged) };
}

/** Undefined of what was erased; empty where it says nothing in words. */
function textOf(entry: Entry | ErasedEntry): string | undefined {
  if ('erased' in entry) return undefined;
  switch (entry.kind) {
    case 'portal.wanted':
      return entry.body.text ?? '';
    case 'network.message':
    case 'network.edit':
      return entry.body.text;
    case 'matrix.event': {
      const text = textToSend(entry.body);
      const { body } = entry.body.content;
      if (text.ok) return text.value;
      return typeof body === 'string' ? body : '';
    }
    default:
      return '';
  }
}

/** What a card quotes. */
export function refsOf({ position, body }: EntryOf<'policy.verdict'>): readonly Position[] {
  return body.version === undefined ? [body.of, position] : [body.of, body.version, position];
}
