/**
 * What became of each act: on record once and in order, in the room once and in order with the very bytes, at the
 * provider once or openly not. What goes out is judged as the carrier's is.
 */
import type { CarrierLine } from '../../../src/demo/carrier-seen.ts';
import { BOT, countBy, keyOf, relationOf, textOf, type Evidence, type RoomEvent } from '../judge/evidence.ts';
import type { Deed } from '../history.ts';
import { totals, type Verdict } from '../judge/judge.ts';
import { judgeOutbound, strays } from '../judge/outbound.ts';
import { judgeChanges, outcomesOf, type ChangesVerdict } from './changed.ts';
import type { NetworkEvidence } from './evidence.ts';
import type { NetworkRun } from './house.ts';
import { judgeInbound } from './inbound.ts';
import { namesIn } from './traffic.ts';

/** What staff changed is beside what the judge of a carrier counts. */
export interface NetworkVerdict extends Verdict {
  readonly changes: Pick<ChangesVerdict, 'changed' | 'told'>;
  /** What was given back to who wrote it, or never got a receipt. */
  readonly givenBack: number;
}

export function judgeNetworks(run: NetworkRun, evidence: NetworkEvidence): NetworkVerdict {
  const { traffic, deeds } = run;
  const inbound = traffic.customers.map((customer) => judgeInbound(customer, { traffic, evidence }));
  const sum = (of: 'texted' | 'shown' | 'marked' | 'late' | 'givenBack'): number =>
    inbound.reduce((total, verdict) => total + verdict[of], 0);
  const seen = evidenceOut(run, evidence);
  const outbound = judgeOutbound({ ...seen, deeds: seen.deeds.filter(isKept(run)) });
  const changes = judgeAllChanges(run, evidence);
  return {
    ...{ changes, givenBack: sum('givenBack') },
    ...{ texted: sum('texted'), shown: sum('shown'), marked: sum('marked'), late: sum('late') + outbound.late },
    ...{ said: outbound.said, taken: outbound.taken, chatted: 0, captured: 0, unheard: 0 },
    ...{ maybeSent: outbound.maybeSent, heldBack: outbound.heldBack },
    kills: deeds.filter(({ what }) => what === 'killed').length,
    lost: [...inbound.flatMap(({ lost }) => lost), ...outbound.lost, ...unrecorded(run, evidence)],
    reordered: [...inbound.flatMap(({ reordered }) => reordered), ...outbound.reordered],
    unmarked: [...inbound.flatMap(({ unmarked }) => unmarked), ...outbound.unmarked],
    wrong: [
      ...inbound.flatMap(({ wrong }) => wrong),
      ...outbound.wrong,
      ...strays(seen),
      ...misdirected(run),
      ...changes.wrong,
      ...traffic.wentBack,
      ...[...countBy(evidence.errors)].map(([error, times]) => `Gatehouse logged ${error} ${times} times`),
    ],
  };
}

/** What Alice took back may have gone out before, or not: that it is gone is for the judge of changes. */
function isKept({ traffic }: NetworkRun): (deed: Deed) => boolean {
  const deleted = new Set(traffic.changes.all().flatMap((left) => (left.deleted ? [left.said] : [])));
  return (deed) => !('text' in deed) || !deleted.has(deed.text);
}

function judgeAllChanges({ traffic }: NetworkRun, { rooms }: NetworkEvidence): ChangesVerdict {
  const verdicts = traffic.customers.map(({ name, network, player, person }) => {
    const taken = traffic.taken(player).filter((one) => one.person === person);
    const left = traffic.changes.all().filter(({ to }) => to === name);
    const says = (rooms.get(name) ?? []).flat().flatMap((one) => (one.sender.startsWith(BOT) ? [textOf(one)] : []));
    const { wrong, ...counts } = judgeChanges(outcomesOf(left, taken), says);
    return { ...counts, wrong: wrong.map((words) => `${network}: ${words}`) };
  });
  return {
    changed: verdicts.reduce((sum, { changed }) => sum + changed, 0),
    told: verdicts.reduce((sum, { told }) => sum + told, 0),
    wrong: verdicts.flatMap(({ wrong }) => wrong),
  };
}

/** What customers have of it, and new words of hers: the record keeps each. What she took back while nobody heard it is nowhere. */
function unrecorded({ traffic, players }: NetworkRun, { record }: NetworkEvidence): readonly string[] {
  const texts = new Set(record.map(({ text }) => text));
  const taken = [...players.values()].flatMap((player) => traffic.taken(player)).map(({ said }) => said);
  const written = traffic.changes.all().flatMap(({ versions }) => versions);
  return [...new Set([...taken, ...written])].flatMap((text) =>
    texts.has(text) ? [] : [`“${text}” is not on record`],
  );
}

/** As the judge of what a carrier takes has it. */
function evidenceOut({ traffic, players }: NetworkRun, { rooms, record }: NetworkEvidence): Evidence {
  const carrier = Array.from(players, ([network, player]) =>
    traffic.taken(player).map(({ id, said }) => ({ network, id, said })),
  ).flat();
  const untold = new Set(
    carrier.filter(({ network, id }) => traffic.untold.has(`${network} ${id}`)).map(({ said }) => said),
  );
  const silent = new Set(
    traffic.deeds.flatMap((deed) => (deed.what === 'said' && untold.has(deed.text) ? [deed.event] : [])),
  );
  const lines: CarrierLine[] = carrier.map(({ said }) => ({ at: '', dir: 'in', pdu: 'message', text: said }));
  return {
    deeds: traffic.deeds.map((deed) => ({ ...deed, in: 'networks' })),
    portals: new Map([...rooms].map(([name, all]) => [name, all.map((events) => asLast(events, silent))])),
    ...{ internal: new Map(), names: [], carrier: lines, record, handed: [], errors: [] },
  };
}

/** Of what no provider told that it arrived, ✓ is the last mark. */
function asLast(events: readonly RoomEvent[], silent: ReadonlySet<string>): readonly RoomEvent[] {
  return events.map((one) => {
    const on = relationOf(one)['event_id'];
    if (keyOf(one) !== '✓' || typeof on !== 'string' || !silent.has(on)) return one;
    return { ...one, content: { 'm.relates_to': { ...relationOf(one), key: '✓✓' } } };
  });
}

/** What reached somebody else than it was for. */
function misdirected({ traffic, players }: NetworkRun): readonly string[] {
  return Array.from(players, ([network, player]) =>
    traffic.taken(player).flatMap(({ said, person }) => {
      const name = `${network}${String(person)}`;
      return namesIn(said).has(name) ? [] : [`“${said}” went to ${name}`];
    }),
  ).flat();
}

export function totalsOf(verdict: NetworkVerdict): string {
  const { changes, givenBack } = verdict;
  return `${totals(verdict)} given-back ${String(givenBack)} changed ${String(changes.changed)} told ${String(changes.told)}`;
}
