/**
 * Says what became of each message, from what the driver did and what is seen from outside: the rooms as Synapse shows
 * them to Alice, the carrier's own log, and, for what goes nowhere else, the record as the public command shows it. It
 * knows nothing of how Gatehouse works.
 */
import { judgeCapture } from './capture.ts';
import { countBy, type Evidence } from './evidence.ts';
import { judgeInbound } from './inbound.ts';
import { judgeOutbound, strays } from './outbound.ts';

export interface Verdict {
  readonly kills: number;
  readonly texted: number;
  readonly shown: number;
  readonly said: number;
  readonly taken: number;
  readonly chatted: number;
  readonly captured: number;
  /** Sentences that name each message. */
  readonly lost: readonly string[];
  readonly reordered: readonly string[];
  /** Second copies that say in the room that they may be one. */
  readonly marked: number;
  readonly unmarked: readonly string[];
  /** Answers whose outcome nobody can know, and which say so. */
  readonly maybeSent: number;
  /** Answers that Synapse handed over after later ones had gone out: not sent, and they say so. */
  readonly heldBack: number;
  /** Messages that Synapse handed over after later ones, or never: taken in all the same. */
  readonly late: number;
  /** Messages of which Synapse never said whether it has them. */
  readonly unheard: number;
  /** Anything else that must not be. */
  readonly wrong: readonly string[];
}

/** Of everything; or of one part of the run, apart from what only the whole can show. */
export function judge(all: Evidence, part?: string): Verdict {
  const deeds = all.deeds.filter((one) => part === undefined || one.in === part);
  const evidence = { ...all, deeds };
  const [inbound, outbound, capture] = [judgeInbound(evidence), judgeOutbound(evidence), judgeCapture(evidence)];
  const { texted, shown, marked } = inbound;
  const { said, taken, maybeSent } = outbound;
  const { chatted, captured } = capture;
  return {
    ...{ texted, shown, marked, said, taken, maybeSent, chatted, captured },
    kills: deeds.filter((one) => one.what === 'killed').length,
    lost: [...inbound.lost, ...outbound.lost, ...capture.lost],
    reordered: [...inbound.reordered, ...outbound.reordered, ...capture.reordered],
    unmarked: [...inbound.unmarked, ...outbound.unmarked, ...capture.unmarked],
    heldBack: outbound.heldBack,
    late: outbound.late + capture.late,
    unheard: deeds.filter((one) => one.what === 'unheard').length,
    wrong: [...outbound.wrong, ...(part === undefined ? wrongInAll(all) : [])],
  };
}

function wrongInAll(all: Evidence): readonly string[] {
  return [
    ...splitPortals(all),
    ...[...countBy(all.names)].flatMap(([name, times]) =>
      times > 1 ? [`Alice is in ${times} rooms called “${name}”`] : [],
    ),
    ...strays(all),
    ...[...countBy(all.errors)].map(([error, times]) => `Gatehouse logged ${error} ${times} times`),
  ];
}

function splitPortals({ portals }: Evidence): string[] {
  return [...portals]
    .filter(([, rooms]) => rooms.length > 1)
    .map(([customer, rooms]) => `${customer} has ${rooms.length} portals`);
}

/** The one line of totals. */
export function totals(verdict: Verdict): string {
  const { kills, texted, shown, said, taken, chatted, captured } = verdict;
  const { lost, reordered, marked, unmarked, maybeSent, heldBack, late, wrong } = verdict;
  return (
    `kills ${kills} in ${shown}/${texted} out ${taken}/${said} capture ${captured}/${chatted} ` +
    `lost ${lost.length} reordered ${reordered.length} duplicates marked ${marked} unmarked ${unmarked.length} ` +
    `maybe-sent ${maybeSent} held-back ${heldBack} late ${late} wrong ${wrong.length}`
  );
}

export function isGood(verdict: Verdict): boolean {
  return problems(verdict).length === 0;
}

export function problems({ lost, reordered, unmarked, wrong }: Verdict): readonly string[] {
  return [...lost, ...reordered, ...unmarked, ...wrong];
}
