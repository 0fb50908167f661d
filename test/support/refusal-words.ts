/** What a sender reads in the room when a network refuses a message: the expected words, and those that are really said. */
import { failureWords } from '../../src/bridge/outbound/failure-words.ts';
import { must, parseNetworkId } from '../../src/core/ids.ts';
import type { SendResult } from '../../src/core/ports/outbound.ts';

type Shown = readonly [what: string, words: string | undefined];

/** A row of a provider's error table: its code and title there, what becomes of the message, and the words. */
export type ErrorRow = readonly [code: number, title: string, what: string, words: string];

interface Words {
  readonly password: string;
  readonly slow: string;
  readonly away: string;
  readonly optedOut: string;
  readonly no: (why: string) => string;
  readonly unreached: (why: string) => string;
  readonly sender: (why: string) => string;
  /** The message ends, or when it is tried again; and what its sender, who wrote to Ann, reads. */
  readonly shown: (result: SendResult | undefined) => Shown;
}

/** @param called as people read the network's name */
export function wordsOn(id: string, called: string): Words {
  const network = must(parseNetworkId(id));
  const later = 'It goes out';
  const refused = ['sms', 'xmpp'].includes(id) ? 'rejected our password' : 'does not let our account in';
  return {
    password: `Waiting: ${called} ${refused}, so nothing can be sent on this line. Compliance and the admin were told.`,
    slow: `Waiting: ${called} asked us to slow down. ${later} by itself; !cancel (reply) stops it.`,
    away: `Waiting: ${called} hasn't answered since 11:02. ${later} when it does; !cancel (reply) stops it.`,
    optedOut: "Not sent: Ann opted out. You can't write here until Ann writes START or compliance records new consent.",
    no: (why) => `Not sent: ${called} refused it (${why}). !retry (reply) tries again.`,
    unreached: (why) => `Not sent: ${called} can't reach this number (${why}).`,
    sender: (why) => `Not sent: ${called} does not accept our number as a sender (${why}). The admin was told.`,
    shown: (result) => {
      if (result?.state !== 'retry' && result?.state !== 'failed') throw new Error(result?.state ?? 'no result');
      const words = failureWords(result.reason, { name: 'Ann', network, detail: result.detail, since: '11:02' });
      return [result.state === 'failed' ? 'ends' : `${result.scope} after ${String(result.afterMs / 1_000)} s`, words];
    },
  };
}

/** Codes below `end` whose row and meaning don't go together: a row without a meaning, or a meaning without a row. */
export function unmatchedCodes(
  rows: readonly (readonly [code: number, ...rest: unknown[]])[],
  end: number,
  hasMeaning: (code: number) => boolean,
): readonly number[] {
  const known = new Set(rows.map(([code]) => code));
  return Array.from({ length: end }, (_, code) => code).filter((code) => hasMeaning(code) !== known.has(code));
}
