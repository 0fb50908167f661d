/**
 * What became of each act: on record once and in order, in the room once and in order with the very bytes, at the
 * provider once or openly not. What goes out is judged as the carrier's is.
 */
import type { CarrierLine } from '../../../src/demo/carrier-seen.ts';
import { countBy, keyOf, relationOf, type Evidence, type RoomEvent } from '../judge/evidence.ts';
import type { Verdict } from '../judge/judge.ts';
import { judgeOutbound, strays } from '../judge/outbound.ts';
import type { NetworkEvidence } from './evidence.ts';
import type { NetworkRun } from './house.ts';
import { judgeInbound } from './inbound.ts';
import { namesIn } from './traffic.ts';

export function judgeNetworks(run: NetworkRun, evidence: NetworkEvidence): Verdict {
  const { traffic, deeds } = run;
  const inbound = traffic.customers.map((customer) => judgeInbound(customer, { traffic, evidence }));
  const sum = (of: 'texted' | 'shown' | 'marked' | 'late'): number =>
    inbound.reduce((total, verdict) => total + verdict[of], 0);
  const seen = evidenceOut(run, evidence);
  const outbound = judgeOutbound(seen);
  return {
    ...{ texted: sum('texted'), shown: sum('shown'), marked: sum('marked'), late: sum('late') + outbound.late },
    ...{ said: outbound.said, taken: outbound.taken, chatted: 0, captured: 0, unheard: 0 },
    ...{ maybeSent: outbound.maybeSent, heldBack: outbound.heldBack },
    kills: deeds.filter(({ what }) => what === 'killed').length,
    lost: [...inbound.flatMap(({ lost }) => lost), ...outbound.lost],
    reordered: [...inbound.flatMap(({ reordered }) => reordered), ...outbound.reordered],
    unmarked: [...inbound.flatMap(({ unmarked }) => unmarked), ...outbound.unmarked],
    wrong: [
      ...inbound.flatMap(({ wrong }) => wrong),
      ...outbound.wrong,
      ...strays(seen),
      ...misdirected(run),
      ...[...countBy(evidence.errors)].map(([error, times]) => `Gatehouse logged ${error} ${times} times`),
    ],
  };
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
