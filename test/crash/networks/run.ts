/** Kills of Gatehouse amid the traffic of all networks, and what is true at the moment of each, and at the end. */
import { setTimeout as pause } from 'node:timers/promises';
import { problems } from '../judge/judge.ts';
import { evidenceOf } from './evidence.ts';
import type { NetworkRun } from './house.ts';
import { recordOf } from './inbound.ts';
import { judgeNetworks, type NetworkVerdict } from './judge.ts';
import { namesIn, type Rates } from './traffic.ts';

/** Somebody new writes on one network with every so many kills: portals are opened under fire too. */
const NEWCOMER_EVERY = 4;
/** Both ways, beside what comes at once when it is up. */
const ACTS_A_KILL = 20;
const FIRST_LIFE_MS = 3_000;
const LOOK_EVERY_MS = 500;
/** No progress for so long means that there will be none. */
const PATIENCE_MS = 60_000;

export interface Played {
  /** Sentences on what was told or shown, and was not yet on record when the process died. */
  readonly early: readonly string[];
  readonly verdict: NetworkVerdict;
}

/** Gatehouse is up before and after. `look`: after which of the kills the record is read as the kill left it. */
export async function killAmidNetworks(run: NetworkRun, { kills, rates, look, say }: KillsWanted): Promise<Played> {
  const { traffic, killer, random, players } = run;
  const early: string[] = [];
  traffic.allow(ACTS_A_KILL);
  traffic.start(rates);
  traffic.startTelling();
  try {
    await pause(random.between(0, FIRST_LIFE_MS));
    await killer.kill('first');
    for (let kill = 2; kill <= kills; kill += 1) {
      traffic.allow(ACTS_A_KILL);
      if (look(kill)) early.push(...(await notYetOnRecord(run)));
      const [first, ...more] = players;
      if (kill % NEWCOMER_EVERY === 0 && first !== undefined) {
        const [id, player] = random.oneOf([first, ...more]);
        traffic.start(rates, [traffic.newcomer(id, player)]);
      }
      // What comes as soon as it is up is under way when it dies.
      await killer.oneLife(() => {
        traffic.burst();
        return Promise.resolve();
      });
      say(`kill ${String(kill)} of ${String(kills)}`);
    }
    early.push(...(await notYetOnRecord(run)));
    await killer.start();
  } finally {
    await traffic.stop();
  }
  return { early, verdict: await settled(run) };
}

export interface KillsWanted {
  readonly kills: number;
  readonly rates: Rates;
  readonly look: (kill: number) => boolean;
  readonly say: (line: string) => void;
}

/** Gatehouse is dead: what a provider was told, what a room shows and what went out must be on disk. */
async function notYetOnRecord(run: NetworkRun): Promise<readonly string[]> {
  const { traffic, players } = run;
  const acknowledged = [...traffic.acts.values()].flat().filter((act) => act.acknowledged);
  const evidence = await evidenceOf(run);
  const texts = new Set(evidence.record.map(({ text }) => text));
  const untaken = acknowledged.filter((act) => act.what !== 'deletion' && recordOf(act, evidence).length === 0);
  const named = [...evidence.shown.values()].flat().filter(({ text }) => namesIn(text).size > 0);
  const shown = named.filter(({ text }) => !texts.has(text));
  const taken = [...players.values()].flatMap((player) => traffic.taken(player));
  // As it stands there by now: of new words the change must be on record, too.
  const sent = taken.filter(({ said, text, picture }) => !texts.has(picture === undefined ? text : said));
  return [
    ...untaken.map(({ what, text }) => `“${text}” (${what}) was acknowledged before it was on record`),
    ...shown.map(({ what, text }) => `“${text}” (${what}) was shown before it was on record`),
    ...sent.map(({ said }) => `“${said}” was sent before it was on record`),
  ];
}

/** Waits until all is well, or nothing has moved for long. */
export async function settled(run: NetworkRun): Promise<NetworkVerdict> {
  let before = '';
  let moved = performance.now();
  for (;;) {
    run.traffic.tellArrivals();
    const now = fingerprint(run);
    if (now !== before) moved = performance.now();
    const verdict = now === before ? judgeNetworks(run, await evidenceOf(run)) : undefined;
    before = now;
    if (verdict !== undefined) {
      const open = problems(verdict).length > 0;
      // On a busy machine a look takes longer than patience: what moved meanwhile counts.
      if (fingerprint(run) !== now) moved = performance.now();
      if (!open || performance.now() - moved > PATIENCE_MS) return verdict;
    }
    await pause(LOOK_EVERY_MS);
  }
}

function fingerprint({ alice, traffic }: NetworkRun): string {
  const events = [...alice.rooms.values()].reduce((sum, room) => sum + room.length, 0);
  return `${String(events)} ${String(traffic.moved)}`;
}
