/**
 * The letter that answers a person's request: plain text to be copied into a letterhead. It says all that Articles 12, 15
 * and 17 of Regulation (EU) 2016/679 ask for, and never a hold's name, its case, a colleague's name or a record's number.
 */
import { DateTime } from 'luxon';
import type { Millis } from '../../../core/ids.ts';
import type { DsarCount, DsarOutcome, DsarWants } from '../../../core/person-entries.ts';
import { grouped, records } from '../../certificate/words.ts';
import type { CopyFound } from './copy-files.ts';

export interface LetterOf {
  readonly id: string;
  readonly wants: DsarWants;
  readonly opened: Millis;
  /** When it was done. */
  readonly done: Millis;
  readonly written: Millis;
  /** IANA zone of the days above. */
  readonly zone: string;
  /** For access what is kept; for an erasure what went and what stays. */
  readonly counts: readonly DsarCount[];
  /** From then on no backup holds a key to what went. */
  readonly finalAt?: Millis | undefined;
  /** What the copy has, and how many of its records are not shown whole. */
  readonly copy?: { readonly found: CopyFound; readonly masked: number } | undefined;
  /** By their names: the networks over which the person was written to. */
  readonly networks: readonly string[];
  /** The person is one of the staff. */
  readonly isStaff: boolean;
}

export function letterText(of: LetterOf): string {
  const parts = of.wants === 'access' ? accessParts(of) : erasureParts(of);
  const head = [day(of.written, of.zone), '', `Your request ${of.id} of ${day(of.opened, of.zone)}`, ''];
  return `${[...head, 'Dear Sir or Madam,', '', ...spaced(parts), 'Yours faithfully,'].join('\n')}\n`;
}

/** Paragraphs and lists, an empty line after each. */
function spaced(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => [...part, '']);
}
type Part = readonly string[];

function accessParts(of: LetterOf): readonly Part[] {
  const { copy, counts } = of;
  return [
    [
      `you asked us on ${day(of.opened, of.zone)} which personal data of yours we process in the record of our messages. We keep such data. A copy is attached, as a page to read and as a file for programs (Article 15(3) of Regulation (EU) 2016/679, "GDPR").`,
    ],
    ...(copy === undefined ? [] : [['We found:', ...foundLines(copy.found)]]),
    ...(copy === undefined || copy.masked === 0
      ? []
      : [
          [
            `In ${records(copy.masked)} something of other people is left out or replaced by square brackets: their rights stand beside yours (Article 15(4) GDPR).`,
          ],
        ]),
    ['What we use it for: to write with you, and to keep the records of it that the law asks of us.'],
    ['How long we keep it:', ...periodLines(counts)],
    ...aboutParts(of),
    [
      'You can ask us to correct or erase your data or to restrict its use, and you can object to its use (Articles 16, 17, 18 and 21 GDPR).',
    ],
    complaint,
  ];
}

function erasureParts(of: LetterOf): readonly Part[] {
  const { counts, finalAt, done, zone } = of;
  const gone = counts.filter(({ outcome }) => outcome === 'erased');
  const stays = counts.filter(({ outcome }) => outcome !== 'erased');
  return [
    [
      `you asked us on ${day(of.opened, zone)} to erase your personal data from the record of our messages (Article 17 of Regulation (EU) 2016/679, "GDPR").`,
    ],
    gone.length === 0
      ? ['Nothing could be erased now.']
      : [`On ${day(done, zone)} we erased:`, ...gone.map((one) => `- ${whatWords(one)}`)],
    ...(gone.length === 0 || finalAt === undefined
      ? []
      : [
          [
            `Copies of the keys to them lie in our backups until ${utcDay(finalAt)}. We restore such a copy only after a failure, and erase the same again then. From ${utcDay(finalAt)} on it is final in the backups too.`,
          ],
        ]),
    ...(stays.length === 0 ? [] : [['We may not or cannot erase yet:', ...stayLines(stays)]]),
    ...(stays.length === 0 ? [] : [['What stays is used for nothing else, and goes when the reason is over.']]),
    ...aboutParts(of),
    complaint,
  ];
}

const complaint: Part = [
  'You can complain to a supervisory authority, in particular where you live, where you work or where you think that the law was broken (Article 77 GDPR), and you can go to court (Article 79 GDPR).',
];

/** Where it came from and who had it. */
function aboutParts({ networks, isStaff }: LetterOf): readonly Part[] {
  const over = networks.length === 0 ? '' : ` over ${listed(networks)}`;
  const source = isStaff
    ? 'It came from your own messages at work and from the systems that carried them.'
    : `It came from you: what you wrote to us${over}, your number or address there, and the name that the network gives you; and from our staff, who wrote to you and noted your name.`;
  const receivers =
    networks.length === 0
      ? 'Nobody outside our company received it from us, but those you wrote with.'
      : `Who received it: our staff, and to carry the messages the providers of ${listed(networks)} with the networks behind them.`;
  return [[source], [receivers]];
}

function foundLines({ written, received, files, notes }: CopyFound): readonly string[] {
  const lines = [
    [written, 'what you wrote'],
    [received, 'what our staff wrote to you or about you'],
    [files, 'files'],
    [notes, 'technical notes about these: sending, delivery, the chat'],
  ] as const;
  const there = lines.filter(([n]) => n > 0);
  return there.length === 0 ? ['- nothing'] : there.map(([n, what]) => `- ${what}: ${grouped(n)}`);
}

/** Of what is kept: how long, and which law asks for it. */
function periodLines(counts: readonly DsarCount[]): readonly string[] {
  if (counts.length === 0) return ['- nothing is kept'];
  const free = counts.filter(({ outcome }) => outcome === 'erased');
  const more =
    free.length === 0
      ? []
      : [`- ${whatWords(together(free))}: until our own period for them ends, or you ask us to erase them`];
  return [...stayLines(counts.filter(({ outcome }) => outcome !== 'erased')), ...more];
}

const STAY_ORDER: readonly Exclude<DsarOutcome, 'erased'>[] = ['duty', 'hold', 'open', 'others', 'spoken-of', 'needed'];

/** Each duty by its law; of everything else what is so for the same reason in one line. */
function stayLines(stays: readonly DsarCount[]): readonly string[] {
  return STAY_ORDER.flatMap((outcome) => {
    const these = stays.filter((one) => one.outcome === outcome);
    if (these.length === 0) return [];
    if (outcome === 'duty') return byLaw(these).map((one) => `- ${whatWords(one)}: ${dutyWords(one)}`);
    return [`- ${whatWords(together(these))}: ${REASONS[outcome]}`];
  });
}

function dutyWords({ authority, until }: DsarCount): string {
  const law =
    authority === undefined || authority === '' ? 'a law asks us to keep them' : `${authority} asks us to keep them`;
  return `${law}${until === undefined ? '' : ` until ${utcDay(until)}`} (Article 17(3)(b) GDPR)`;
}

const REASONS: Readonly<Record<Exclude<DsarOutcome, 'erased' | 'duty'>, string>> = {
  hold: 'needed for the establishment, exercise or defence of legal claims (Article 17(3)(e) GDPR)',
  open: 'something about them is still being done; they go afterwards',
  others: 'they are as much about somebody else',
  'spoken-of': 'they belong to records that stay, and go with those',
  needed: 'they are needed so that the rest can be found and proved',
};

/** One line for each law, however many classes name it. */
function byLaw(duties: readonly DsarCount[]): readonly DsarCount[] {
  const laws = new Map<string, DsarCount[]>();
  for (const duty of duties) {
    const law = duty.authority ?? '';
    laws.set(law, [...(laws.get(law) ?? []), duty]);
  }
  return [...laws.values()].map(together);
}

function together(counts: readonly DsarCount[]): DsarCount {
  const [first, ...rest] = counts;
  if (first === undefined) throw new Error('no counts to put together');
  return rest.reduce(
    (sum, one) => ({
      ...sum,
      entries: sum.entries + one.entries,
      files: sum.files + one.files,
      from: one.from < sum.from ? one.from : sum.from,
      to: one.to > sum.to ? one.to : sum.to,
      ...latest(sum.until, one.until),
    }),
    first,
  );
}

function latest(a: Millis | undefined, b: Millis | undefined): { readonly until?: Millis } {
  const until = a === undefined || (b !== undefined && b > a) ? b : a;
  return until === undefined ? {} : { until };
}

/** `1,204 records, 3 of them files, of 2 January 2024 to 3 March 2026` */
function whatWords({ entries, files, from, to }: DsarCount): string {
  const some = files === 0 ? '' : `, ${grouped(files)} of them ${files === 1 ? 'a file' : 'files'}`;
  const [first, last] = [utcDay(from), utcDay(to)];
  return `${records(entries)}${some}, of ${first === last ? first : `${first} to ${last}`}`;
}

function listed(names: readonly string[]): string {
  return names.length <= 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function day(at: Millis, zone: string): string {
  return DateTime.fromMillis(at, { zone, locale: 'en' }).toFormat('d LLLL yyyy');
}

/** Periods are counted by UTC. */
function utcDay(at: Millis): string {
  return day(at, 'utc');
}
