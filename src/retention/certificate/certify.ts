/** The end of a run: what went, what stays and why, on which store, and from when on it is final. */
import type { DraftOf, EntryOf } from '../../core/entry.ts';
import { after, must, parseMillis, type Millis, type Position, type UserId } from '../../core/ids.ts';
import type { StayCount, StoreCount } from '../../core/retention-entries.ts';
import type { NoteSigner } from '../../journal/merkle/signed-note.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { keysKeptUntil } from '../run/run-store.ts';
import { certificateText, sealedBy, type Certified } from './certificate-file.ts';
import { batchesIn, countsOf } from './counts.ts';

export interface CertifyDeps {
  readonly journal: Pick<OpenJournal, 'read' | 'views' | 'reader'>;
  readonly signer: NoteSigner;
  /** How long a copy of the keys may live, by the config. */
  readonly keepKeysMs: number;
  readonly now: Millis;
}

export interface Ended {
  readonly run: EntryOf<'retention.run'>;
  readonly stays: readonly StayCount[];
  /** Our messages that quoted what went. */
  readonly copies: number;
  /** What became of it on the homeserver. */
  readonly homeserver: readonly StoreCount[];
}

/** One for each run: its source is the run's. */
export async function certificateOf(ended: Ended, deps: CertifyDeps): Promise<DraftOf<'retention.certificate'>> {
  const { run } = ended;
  const { journal, signer, now } = deps;
  const batches = await batchesIn(run.position, { views: journal.views, read: (at) => journal.read(at) });
  const gone = await countsOf(batches, journal.views);
  const { size, root } = await journal.reader.stats();
  const body: Certified = {
    run: run.position,
    ...(run.body.dsar === undefined ? {} : { dsar: run.body.dsar }),
    classes: run.body.classes,
    until: run.body.until,
    approvers: await approversOf(run, deps),
    gone,
    stays: ended.stays,
    stores: storesOf(gone, ended),
    before: { size: run.body.size, root: run.body.root },
    after: { size, root: Buffer.from(root).toString('base64') },
    finalAt: await finalAt(deps),
  };
  const sealed = sealedBy(certificateText({ body, run, batches }), signer);
  return {
    kind: 'retention.certificate',
    at: now,
    source: { system: 'gatehouse', id: `retention/certificate/${String(run.position)}`, sure: true },
    body: { ...body, ...sealed },
  };
}

/** Who let runs delete, or had a person's request done. */
async function approversOf({ body }: EntryOf<'retention.run'>, { journal }: CertifyDeps): Promise<readonly UserId[]> {
  const by: Position | undefined = body.dsar === undefined ? body.armed : body.because;
  const entry = by === undefined ? undefined : await journal.read(by);
  if (entry === undefined || 'erased' in entry) return [];
  if (entry.kind !== 'retention.armed' && entry.kind !== 'dsar.decided') return [];
  return [entry.body.by, entry.body.approvedBy].filter((user) => user !== undefined);
}

function storesOf(gone: Certified['gone'], { copies, homeserver }: Ended): readonly StoreCount[] {
  const all = gone.reduce((sum, one) => sum + one.entries, 0);
  const files = gone.reduce((sum, one) => sum + one.files, 0);
  const one = (store: StoreCount['store'], n: number): StoreCount => ({ store, gone: n, stayed: 0 });
  return [
    one('journal', all),
    one('keys', all),
    one('index', all),
    one('blobs', files),
    one('copies', copies),
    ...homeserver,
  ];
}

/** A copy made just before the keys went lives as long as the config says, an earlier one perhaps longer by its own. */
async function finalAt({ journal, keepKeysMs, now }: CertifyDeps): Promise<Millis> {
  const known = (await journal.views.read(keysKeptUntil)) ?? now;
  return must(parseMillis(Math.max(known, after(now, keepKeysMs))));
}
