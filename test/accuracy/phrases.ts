/**
 * What people write when they mean it, and what only sounds alike: sentences by the author of the lexicons, some of which
 * the lexicons were mended with. A lexicon knows phrases, not meaning: the first column shows how far that carries.
 */
import type { Judge } from '../../src/policy/verdict.ts';
import { judged } from './ours.ts';
import { noTally, type Tally } from './tally.ts';

interface Probe {
  readonly lexicon: string;
  readonly meant: readonly string[];
  readonly innocent: readonly string[];
}

export const probes: readonly Probe[] = [
  {
    lexicon: 'off-channel-en',
    meant: [
      "Let's take this to WhatsApp, easier",
      'can we move this conversation over to signal?',
      'just call my cell when you leave the office',
      'text me on my own phone about that',
      'ping me on Telegram tonight',
      "Don't put this in writing please",
      'send it to my gmail instead of here',
      'better ring me on my private line',
      'we should continue this on WeChat',
      'delete this after you read it',
      'this is strictly off the record',
      "I'd rather not say that here, the chat is monitored. WhatsApp me",
      'hit me up on imessage',
      'use my personal number from now on',
    ],
    innocent: [
      'the signal on the second floor is bad',
      'WhatsApp was bought by Facebook in 2014',
      'the cell in row 4 of the sheet is empty',
      'he is on the phone with the supplier',
      'please keep this in writing',
      'the telegram channel of the fair has 400 readers',
      'my mobile broke, use the office number',
      'call the cell tower operator for the outage',
      'the recording of the call is in the archive',
      'did you delete the old draft?',
    ],
  },
  {
    lexicon: 'off-channel-de',
    meant: [
      'Lass uns das lieber auf Signal besprechen',
      'schreib mir kurz auf WhatsApp',
      'ruf mich bitte auf meinem Privathandy an',
      'Bitte lösch diese Nachricht gleich wieder',
      'das besprechen wir besser nicht schriftlich',
      'schick es an meine private Mailadresse',
      'Melden Sie sich doch über WhatsApp',
      'hier wird mitgelesen, gehen wir woanders hin',
      'können wir dazu auf Telegram weiterreden?',
      'meine private Nummer hast du ja',
    ],
    innocent: [
      'das Signal an der Maschine blinkt rot',
      'mein Handy ist kaputt',
      'bitte schriftlich bis Freitag',
      'die WhatsApp-Werbung ist uns zu teuer',
      'die private Krankenversicherung zahlt das',
      'wir telefonieren um neun',
      'die Nachricht ist angekommen',
    ],
  },
  {
    lexicon: 'off-channel-fr',
    meant: [
      'passons plutôt sur Telegram',
      'on continue la discussion sur WhatsApp ?',
      'appelle-moi sur mon portable perso',
      'écris-moi sur Signal ce soir',
      'supprime ce message après lecture',
      'surtout pas par écrit',
      'envoie ça sur mon mail perso',
      'ici on est surveillés, appelle mon numéro personnel',
      'contactez-moi directement sur WhatsApp',
    ],
    innocent: [
      'le signal est faible dans la salle',
      'merci de confirmer par écrit',
      'mon ordinateur portable est en panne',
      'le message est bien arrivé',
      'nous avons une annonce sur WhatsApp Business',
      'votre adresse de livraison est complète',
    ],
  },
  {
    lexicon: 'off-channel-es',
    meant: [
      'pásame a mi móvil',
      'mejor hablamos por WhatsApp',
      'llámame a mi móvil personal',
      'escríbeme por Telegram',
      'borra este mensaje después',
      'esto no por escrito, por favor',
      'mándalo a mi correo personal',
      'sigamos la charla por Signal',
      'que no quede rastro de esto',
    ],
    innocent: [
      'la señal es mala en la planta dos',
      'mi móvil no tiene batería',
      'por favor confirme por escrito',
      'el mensaje llegó bien',
      'WhatsApp subió los precios',
      'su correo llegó ayer',
    ],
  },
  {
    lexicon: 'promises-en',
    meant: [
      'this fund has guaranteed returns of 9 percent',
      'trust me, you cannot lose with this one',
      'I promise you will make at least ten thousand',
      'if it drops I will cover your losses myself',
      "it's basically risk-free profit",
      'the stock will double in six months',
      'we guarantee a profit every quarter',
      'there is zero risk here',
      "you'll see 12% a year, count on it",
    ],
    innocent: [
      'the machine has a two year guarantee',
      'past performance is no guarantee of future results',
      'all investments carry risk and you may lose money',
      'we cannot guarantee any returns',
      'I promise to call you back',
      'the price could go up or down',
    ],
  },
  {
    lexicon: 'complaints-en',
    meant: [
      'I want to file a complaint about my adviser',
      'you sold my shares without my permission',
      'I will report you to FINRA',
      'nobody calls me back for three weeks now',
      'expect to hear from my lawyer',
      'where is my money? it was due on Monday',
      'this fee was never mentioned, I feel cheated',
      'I am closing my account, terrible service',
    ],
    innocent: [
      'no complaints so far, all good',
      'my lawyer friend joined the meeting',
      'the manager is on leave this week',
      'I am very happy with the service',
      'we had to file the papers again',
    ],
  },
  {
    lexicon: 'harassment-en',
    meant: [
      'I know where you live',
      'do it or you are fired',
      'send me nudes',
      'go back to your country',
      "you're worthless, everybody says so",
      "don't go to HR or you will regret this",
      'you looked hot yesterday, come to my hotel room',
    ],
    innocent: [
      'the deadline is killing me',
      'he was fired last year, it was in the news',
      'HR sent the new form',
      'this old server is worthless, replace it',
      'which country are you from?',
    ],
  },
  {
    lexicon: 'insider-en',
    meant: [
      'buy before the announcement on Tuesday',
      "you didn't hear it from me",
      'my source at the company saw the numbers already',
      "it's not public yet so keep it quiet",
      'I got a tip from somebody on the board',
      'load up before earnings, trust me',
      "put the order in your wife's account",
    ],
    innocent: [
      'the announcement is on our website',
      'the earnings call starts at five',
      'a tip for the waiter is included',
      'the board meets on Thursday',
      'tell everyone the office is closed on Monday',
    ],
  },
  {
    lexicon: 'self-dealing-en',
    meant: [
      'just wire it to my account, not the firm',
      'can you lend me some money until payday?',
      'there is something in it for you',
      'I get a cut of every sale',
      "let's do this outside the firm",
      'you could name me in your will',
      'pay me directly, no need for an invoice',
    ],
    innocent: [
      'the finder of the key should call reception',
      'the cut of the fabric is wrong',
      'we pay the invoice within 30 days',
      'the bank can lend up to 80 percent',
      'gift wrapping is free',
    ],
  },
];

export interface ProbeFigures {
  readonly tally: Tally;
  readonly innocent: number;
  readonly surprises: readonly string[];
}

export function probeFigures(judge: Judge): ReadonlyMap<string, ProbeFigures> {
  return new Map(probes.map((probe) => [probe.lexicon, figuresOf(judge, probe)]));
}

function figuresOf(judge: Judge, { lexicon, meant, innocent }: Probe): ProbeFigures {
  const finds = (text: string): boolean => judged(judge, text).hits.some(({ rule }) => rule === lexicon);
  const missed = meant.filter((text) => !finds(text));
  const wrong = innocent.filter(finds);
  const tally = { ...noTally(), found: meant.length - missed.length, missed: missed.length, wrong: wrong.length };
  const surprises = [...missed.map((text) => `missed: ${text}`), ...wrong.map((text) => `wrongly found: ${text}`)];
  return { tally, innocent: innocent.length, surprises };
}
