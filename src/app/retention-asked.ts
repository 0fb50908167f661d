/** Runs and previews that a command asks for: on record like an officer's, and waited for. */
import type { RecordDeps, RetentionOutcome } from '../cli/records/record-deps.ts';
import type { Clock } from '../core/clock.ts';
import type { Entry, EntryOf } from '../core/entry.ts';
import type { Position } from '../core/ids.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import { certificateLines, previewLines, setByWords } from '../bot/compliance/retention-run-words.ts';
import type { RunActs } from '../retention/run/acts.ts';
import { newestPreview, runFor } from '../retention/run/run-store.ts';

export interface AskedIn {
  readonly journal: Pick<OpenJournal, 'append' | 'read' | 'views' | 'onCommitted'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly acts: Pick<RunActs, 'state' | 'clockSetBy'>;
}

/** In the running process: its task does it, one after the other with everybody else's. */
export function askRetention({ journal, clock, acts }: AskedIn): RecordDeps['retention'] {
  return async ({ act, user, progress, signal }) => {
    const at = clock.now();
    const source = { system: 'gatehouse', id: `retention/cli/${user}/${String(at)}`, sure: true };
    const [appended] = await journal.append([{ kind: 'retention.asked', at, source, body: { act } }]);
    if (appended === undefined) return 'stopped';
    const asked = appended.position;
    for (;;) {
      const heard = Promise.withResolvers<undefined>();
      const unlisten = journal.onCommitted(() => {
        heard.resolve(undefined);
      });
      const done = (): void => {
        heard.resolve(undefined);
      };
      signal.addEventListener('abort', done);
      try {
        const outcome = await outcomeOf(asked, { journal, clock, acts });
        if (outcome !== undefined) return outcome;
        const { running } = await acts.state();
        if (running !== undefined) progress(running.done, running.total);
        if (signal.aborted) return 'stopped';
        await heard.promise;
      } finally {
        unlisten();
        signal.removeEventListener('abort', done);
      }
    }
  };
}

/** Undefined while it is under way. */
async function outcomeOf(asked: Position, { journal, acts }: AskedIn): Promise<RetentionOutcome | undefined> {
  const { run, preview } = await journal.views.read(async (reading) => ({
    run: await runFor(reading, asked),
    preview: (await newestPreview(reading))?.position,
  }));
  const certificate = await entryAt(run?.certificate ?? undefined, 'retention.certificate', journal);
  if (certificate !== undefined) return ofCertificate(certificate);
  const begun = await entryAt(run?.position, 'retention.run', journal);
  if (begun?.body.refused === 'clock')
    return { did: 'refused', words: [await clockWords(acts)], body: { refused: 'clock' } };
  const previewed = await entryAt(preview, 'retention.previewed', journal);
  if (previewed?.body.because !== asked) return undefined;
  const words = previewLines(previewed.body);
  const { due, stays } = previewed.body;
  const body = { preview: previewed.position, due: [...due], stays: [...stays] };
  if (begun === undefined) return { did: 'previewed', words, body };
  return {
    did: 'refused',
    words: ['nothing was deleted: not armed', ...words],
    body: { refused: 'not-armed', ...body },
  };
}

function ofCertificate({ position, body }: EntryOf<'retention.certificate'>): RetentionOutcome {
  const { run, gone, stays, finalAt, sha256 } = body;
  return {
    did: 'ran',
    words: certificateLines(body),
    body: { certificate: position, run, gone: [...gone], stays: [...stays], finalAt, sha256 },
  };
}

async function clockWords(acts: Pick<RunActs, 'clockSetBy'>): Promise<string> {
  const byMs = await acts.clockSetBy();
  const how = byMs === undefined ? 'the clock jumped' : `the clock was set ${setByWords(byMs)}`;
  return `${how}, so nothing was deleted; an officer confirms it with !c retention confirm-clock`;
}

async function entryAt<K extends Entry['kind']>(
  at: Position | undefined,
  kind: K,
  journal: Pick<OpenJournal, 'read'>,
): Promise<EntryOf<K> | undefined> {
  const entry = at === undefined ? undefined : await journal.read(at);
  return entry === undefined || 'erased' in entry || !isKind(entry, kind) ? undefined : entry;
}

function isKind<K extends Entry['kind']>(entry: Entry, kind: K): entry is Entry & EntryOf<K> {
  return entry.kind === kind;
}
