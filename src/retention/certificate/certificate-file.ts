/**
 * The certificate as a file: words for people, then one line of JSON for programs, signed as a whole like a checkpoint
 * (C2SP signed-note, by the key of `data/log/vkey`). Made of the record alone, so that it can be made again at any time.
 */
import { createHash } from 'node:crypto';
import type { EntryBodies, EntryOf } from '../../core/entry.ts';
import type { Millis } from '../../core/ids.ts';
import { jcs } from '../../core/json.ts';
import { json } from '../../journal/entries/envelope.ts';
import { signNote, type NoteSigner } from '../../journal/merkle/signed-note.ts';
import type { Batch } from './counts.ts';
import { deletedIn } from './deleted.ts';
import { dayOf, goneWords, plural, stayWords } from './words.ts';

export const FORMAT = 'gatehouse-retention-certificate/1';

/** All but its own hash and signature. */
export type Certified = Omit<EntryBodies['retention.certificate'], 'sha256' | 'signature'>;

export interface CertificateOf {
  readonly body: Certified;
  readonly run: EntryOf<'retention.run'>;
  readonly batches: readonly Batch[];
}

/** What is signed; ends in a newline. */
export function certificateText(of: CertificateOf): string {
  return `${[...wordsOf(of), '', jcs(json.parse(factsOf(of)))].join('\n')}\n`;
}

export function sealedBy(
  text: string,
  signer: NoteSigner,
): Pick<EntryBodies['retention.certificate'], 'sha256' | 'signature'> {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { sha256, signature: Buffer.from(signer.sign(text)).toString('base64') };
}

export function certificateFile(
  of: CertificateOf,
  signer: NoteSigner,
): { name: string; type: string; bytes: Uint8Array } {
  const bytes = Buffer.from(signNote(certificateText(of), signer));
  return { name: `certificate-${String(of.body.run)}.txt`, type: 'text/plain; charset=utf-8', bytes };
}

function wordsOf({ body, run, batches }: CertificateOf): readonly string[] {
  const { gone, stays, stores, approvers, finalAt, before, after } = body;
  return [
    `Certificate of deletion, run ${String(body.run)}`,
    `Begun ${timeOf(run.recordedAt)}. Deleted: ${whatOf(body)}.`,
    `Approved by ${approvers.join(' and ')}`,
    '',
    ...(gone.length === 0
      ? [body.dsar === undefined ? 'Nothing was due.' : 'Nothing could be deleted.']
      : ['Deleted:', ...gone.map((one) => `- ${goneWords(one, authoritiesOf(one.class, batches))}`)]),
    '',
    ...(stays.length === 0
      ? []
      : [
          body.dsar === undefined ? 'Due, and still there:' : 'Of the person, and still there:',
          ...stays.map((one) => `- ${stayWords(one)}`),
          '',
        ]),
    'By store:',
    ...stores.map(
      ({ store, gone: n, stayed, why }) =>
        `- ${store}: ${plural(n, 'deleted')}${stayed === 0 ? '' : `, ${String(stayed)} still there`}${why === undefined ? '' : ` (${why})`}`,
    ),
    '',
    `Final on ${dayOf(finalAt)}: until then copies of the keys in backups may still open it. A copy is taken away when the next backup is made after its time.`,
    `Record before: ${String(before.size)} entries, root ${before.root}`,
    `Record after: ${String(after.size)} entries, root ${after.root}`,
    'Every deleted entry keeps its place and its leaf in the tree: gatehouse verify still covers it.',
  ];
}

/** The request's number is that of its record: whose it is says nothing that is signed. */
function whatOf({ dsar, until }: Certified): string {
  if (dsar === undefined) return `what was older than its class on ${timeOf(until)}`;
  return `what a person asked to be erased (request ${String(dsar)}), as far as nothing has to be kept`;
}

function authoritiesOf(of: string, batches: readonly Batch[]): string {
  return [...new Set(batches.filter(({ body }) => body.class === of).map(({ body }) => body.authority))].join('; ');
}

function factsOf({ body, run, batches }: CertificateOf) {
  return {
    format: FORMAT,
    begun: run.recordedAt,
    ...(run.body.armed === undefined ? {} : { armed: run.body.armed }),
    ...certifiedOf(body),
    deleted: deletedIn(batches),
  };
}

/** A whole body may be given: what is signed does not hold its own signature. */
function certifiedOf(body: Certified): Certified {
  const { run, dsar, classes, until, approvers, gone, stays, stores, before, after, finalAt } = body;
  return {
    run,
    ...(dsar === undefined ? {} : { dsar }),
    classes,
    until,
    approvers,
    gone,
    stays,
    stores,
    before,
    after,
    finalAt,
  };
}

function timeOf(time: Millis): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
