/** `npm run accuracy [-- --check]`: measures, prints, and writes docs/policy-accuracy.md unless it only checks. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

import { figuresOf, figuresOfSeeds, type ChatFigures } from './chat-figures.ts';
import { chats } from './chats/chats.ts';
import { fakerMakers } from './chats/faker-values.ts';
import { chatBreaches, mailBreaches, vectorBreaches } from './gates.ts';
import { standingOf, type Standing } from './head-to-head.ts';
import { install } from './installed.ts';
import { mailFigures } from './mail-figures.ts';
import { isHam, readMails, type Mail } from './mails.ts';
import { openRedaction, ours, redactPii } from './others.ts';
import { detectorJudge, lexiconJudge, starterJudge } from './ours.ts';
import { probeFigures } from './phrases.ts';
import { report, type Figures } from './report.ts';
import { vectorFigures } from './vector-figures.ts';

const EACH = 20_000;
const detectors = detectorJudge();
const isCheck = process.argv.includes('--check');
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

await install(say);
const mails = readMails();
const ham = mailFigures(await starterJudge(), mails.filter(isHam));
say(`mails: ${String(ham.flagged)} of ${String(ham.mails)} ham flagged`);
const vectors = await vectorFigures(detectors);
const reported = figuresOfSeeds(detectors, [4, 5], EACH);
const breaches = [...chatBreaches(reported), ...vectorBreaches(vectors), ...mailBreaches(ham)];
if (!isCheck) await write({ ham, vectors, reported });
for (const breach of breaches) say(`breach: ${breach}`);
say(breaches.length === 0 ? 'every gate holds' : `${String(breaches.length)} gates do not hold`);
process.exitCode = breaches.length === 0 ? 0 : 1;

async function write(measured: Pick<Figures, 'ham' | 'vectors' | 'reported'>): Promise<void> {
  const starter = await starterJudge();
  const figures: Figures = {
    ...measured,
    tuned: figuresOfSeeds(detectors, [1, 2, 3], EACH),
    faker: fakerFigures(),
    hardHam: mailFigures(
      starter,
      mails.filter(({ group }) => group.startsWith('hard')),
    ),
    spam: mailFigures(
      starter,
      mails.filter((mail) => !isHam(mail)),
    ),
    probes: probeFigures(await lexiconJudge()),
    standings: await standings(mails),
  };
  const file = join(import.meta.dirname, '..', '..', 'docs', 'policy-accuracy.md');
  const text = await format(report(figures), { ...(await resolveConfig(file)), parser: 'markdown' });
  await writeFile(file, text);
  say(text);
  for (const example of ham.examples) say(example);
}

function fakerFigures(): ChatFigures {
  return figuresOf(detectors, chats(4, EACH / 2, fakerMakers(4)));
}

async function standings(all: readonly Mail[]): Promise<readonly Standing[]> {
  const texts = {
    chats: chats(4, 4_000),
    mails: all
      .filter(({ group }) => group.startsWith('easy'))
      .slice(0, 500)
      .map(({ body }) => body.slice(0, 2_000)),
  };
  const found: Standing[] = [];
  for (const contestant of [ours(detectors), openRedaction(), redactPii()]) {
    say(`beside others: ${contestant.name}`);
    found.push(await standingOf(contestant, texts));
  }
  return found;
}
