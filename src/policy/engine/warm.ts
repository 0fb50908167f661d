/**
 * The first judgement in which something is found takes some thirty times as long as later ones: its patterns have no tables
 * yet, and nothing is compiled. It comes before any message waits for it.
 */
import { must, parseMillis } from '../../core/ids.ts';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { Lexicon } from '../rule.ts';
import type { Judge } from '../verdict.ts';

/** The first costs 20 to 30 ms, each further one a few. What has run seven times or less is not yet known to the compiler. */
const ROUNDS = 8;
/** UTF-16 units; longer ones make a thread ready later and teach the compiler nothing more. */
const LONGEST = 600;
/** Of each lexicon. */
const TERMS = 3;

/** What detectors look for, numbers that contend among them, and words in disguise. Nobody's: examples of their standards. */
const found = [
  'card number 4111 1111 1111 1111, account DE89 3704 0044 0532 0130 00, mail ann@example.com, c@ll +1 202 555 0199',
  'passport C01X00T47, ssn 078-05-1120, id 123456782, born 12.03.1985, host 192.0.2.1, password: correct-h0rse-b4ttery',
  'pay to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  "I'll text you my number tonight, x0 and v2; one two three four",
];
const ordinary = 'Hi Ann, thanks for your note.\nThe blue one is still there, shall I hold it until 12:30? Grüße 👍';

const context: MessageContext = {
  direction: 'outbound',
  at: must(parseMillis(0)),
  sender: '',
  senderGroups: [],
  tags: [],
  country: 'US',
  before: [],
};

/** Judges texts of the engine's own by the rules, some of the rules' words, and what their patterns begin with. */
export function warm(judge: Judge, lexicons: readonly Lexicon[], openings: readonly string[]): void {
  const terms = lexicons.flatMap((lexicon) => lexicon.terms.slice(0, TERMS).map(({ term }) => spoken(term)));
  const texts = [[...found, ...terms], openings, [ordinary]].map((of) => messageOf(of.join('. ').slice(0, LONGEST)));
  for (let round = 0; round < ROUNDS; round += 1) for (const text of texts) judge(text, context);
}

/** As somebody writes it: `guarante*` and `call _ cell` stand for words. */
function spoken(term: string): string {
  return term.replaceAll(/ _ |\*/gu, ' ').trim();
}

function messageOf(text: string): JudgedMessage {
  return { pieces: [{ what: 'body', text, quoted: [] }], unread: [], content: '' };
}
