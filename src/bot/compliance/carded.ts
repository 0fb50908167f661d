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

function textOf(entry: Entry | ErasedEntry): string | undefined {
  if ('erased' in entry) return undefined;
  if (entry.kind === 'portal.wanted') return entry.body.text;
  if (entry.kind !== 'matrix.event') return undefined;
  const text = textToSend(entry.body);
  return text.ok ? text.value : undefined;
}

/** What a card quotes. */
export function refsOf({ position, body }: EntryOf<'policy.verdict'>): readonly Position[] {
  return body.version === undefined ? [body.of, position] : [body.of, body.version, position];
}
