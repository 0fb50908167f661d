/** What a network can do, in words for people who choose one. */
import type { FileKind } from '../core/network-entries.ts';
import type { Capabilities, Level } from '../core/ports/capabilities.ts';

type Cell = (of: Capabilities) => string;

const grades: Readonly<Record<Level, string>> = {
  [-2]: 'no',
  [-1]: 'no',
  0: 'in another form',
  1: 'partly',
  2: 'yes',
};

const spans: readonly (readonly [ms: number, word: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
];

export function spanWords(ms: number): string {
  const [unit, word] = spans.find(([each]) => ms >= each && ms % each === 0) ?? [1_000, 'second'];
  const many = Math.round(ms / unit);
  return `${String(many)} ${word}${many === 1 ? '' : 's'}`;
}

/** As the provider says it: in thousands, or in 1,024s. */
export function sizeWords(bytes: number): string {
  const thousand = bytes % 1_000 === 0 && bytes % 1_048_576 !== 0 ? 1_000 : 1_024;
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let size = bytes;
  let unit = 0;
  while (size >= thousand && unit < units.length - 1) {
    size /= thousand;
    unit += 1;
  }
  return `${String(Math.round(size * 10) / 10)} ${units[unit] ?? ''}`;
}

function file(kind: FileKind): Cell {
  return ({ file: files }) => {
    const features = files[kind];
    return features === undefined ? 'no' : `up to ${sizeWords(features.max_size)}`;
  };
}

function graded(grade: Level, within?: number): string {
  return grade > 0 && within !== undefined ? `${grades[grade]}, for ${spanWords(within)}` : grades[grade];
}

function reactions({ reaction, reaction_count: count, allowed_reactions: allowed }: Capabilities): string {
  if (reaction <= 0) return grades[reaction];
  const each = count === undefined ? '' : `, ${String(count)} each`;
  return `${grades[reaction]}${each}${allowed === undefined ? '' : ', of a set'}`;
}

const keeps: Readonly<Record<Capabilities['keepsInbound'], string>> = {
  'provider-retries': 'the provider',
  'list-call': 'the provider, on a list',
  nobody: 'nobody',
};
const names: Readonly<Record<Capabilities['sendIdentifiedBy'], string>> = {
  'our-id': 'our id',
  'provider-id': 'its own id',
  nothing: 'nothing',
};

/** The rows of the table, from what people ask first. */
export const rows: readonly (readonly [what: string, cell: Cell])[] = [
  ['official', ({ official }) => (official ? 'yes' : '**no**')],
  ['longest text', ({ max_text_length: longest }) => longest.toLocaleString('en-US')],
  ['bold, italic, lists', ({ formatting }) => (formatting === 0 ? 'as plain signs' : grades[formatting])],
  ['pictures', file('image')],
  ['videos', file('video')],
  ['moving pictures', file('animation')],
  ['sound', file('audio')],
  ['voice messages', file('voice')],
  ['stickers', file('sticker')],
  ['other files', file('file')],
  ['places', ({ location_message: grade }) => (grade === 0 ? 'as a link' : grades[grade])],
  ['answers to a message', ({ reply }) => (reply === 0 ? 'with a quotation' : grades[reply])],
  ['edits', ({ edit, edit_max_age: age }) => graded(edit, age)],
  ['deletions', ({ delete: grade, delete_max_age: age }) => graded(grade, age)],
  ['reactions', reactions],
  ['says when it was delivered', ({ delivery_receipts: grade }) => grades[grade]],
  ['customers see that we have read', ({ read_receipts: grade }) => grades[grade]],
  [
    'customers see that we type',
    ({ typing_notifications: grade, typing_marks_read: marks }) =>
      grade > 0 && marks === true ? `${grades[grade]}, with a read receipt` : grades[grade],
  ],
  ['customers see who is there', ({ presence }) => grades[presence]],
  ['groups', ({ groups }) => grades[groups]],
  ['templates', ({ templates }) => grades[templates]],
  [
    'free text after a customer’s last message',
    ({ service_window: ms }) => (ms === undefined ? 'always' : spanWords(ms)),
  ],
  ['keeps what comes while we are down', ({ keepsInbound }) => keeps[keepsInbound]],
  ['for how long', ({ keepsInbound, keepsForMs: ms }) => keptFor(keepsInbound, ms)],
  ['knows what we send by', ({ sendIdentifiedBy: by }) => names[by]],
];

function keptFor(by: Capabilities['keepsInbound'], ms: number | undefined): string {
  if (by === 'nobody') return '–';
  return ms === undefined ? 'it does not say' : spanWords(ms);
}

/** A sentence for whoever asks what becomes of messages while the house is down. */
export function keptWords({ keepsInbound, keepsForMs: ms }: Capabilities): string {
  const long = ms === undefined ? ', for how long the provider does not say' : ` for ${spanWords(ms)}`;
  switch (keepsInbound) {
    case 'provider-retries':
      return `What customers write while Gatehouse is down is kept and brought again${long}.`;
    case 'list-call':
      return `What customers write while Gatehouse is down stands on a list of the provider’s${long}; Gatehouse reads it at the start and every hour.`;
    case 'nobody':
      return 'What customers write while Gatehouse is down is kept by nobody.';
  }
}

/** A sentence on what happens when a send’s answer is lost. */
export function unclearWords({ sendIdentifiedBy: by }: Capabilities): string {
  switch (by) {
    case 'our-id':
      return 'A send whose answer got lost is known by our own id as soon as the provider tells of it; until then the room says “maybe sent”, and nothing is sent twice.';
    case 'provider-id':
      return 'A send whose answer got lost is known by the provider’s id only: where that can’t be found out, the room says “maybe sent”.';
    case 'nothing':
      return 'A send whose answer got lost stays unclear: the room says “maybe sent”, and nothing is sent twice by itself.';
  }
}

/** Those of the rows that people miss where they are not there. */
const missed: ReadonlySet<string> = new Set([
  ...['pictures', 'videos', 'sound', 'voice messages', 'stickers', 'other files'],
  ...['edits', 'deletions', 'reactions', 'groups'],
]);

/** "text of up to 2,000 characters; no pictures, videos": in a line what goes out, for whoever sets a network up. */
export function carriesWords(capabilities: Capabilities): string {
  const longest = capabilities.max_text_length.toLocaleString('en-US');
  const not = rows.filter(([what, cell]) => missed.has(what) && cell(capabilities) === 'no').map(([what]) => what);
  return `text of up to ${longest} characters${not.length === 0 ? ' and all the rest' : `; no ${not.join(', ')}`}`;
}
