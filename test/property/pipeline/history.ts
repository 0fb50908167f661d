/** One history from its plan to its judgement. */
import { createNoteSigner } from '../../../src/journal/merkle/signed-note.ts';
import { verifyJournal } from '../../../src/journal/verify.ts';
import { judgeAtRest } from './at-rest.ts';
import { DOMAIN } from './house-rules.ts';
import type { Violation } from './judge.ts';
import type { Plan } from './plan.ts';
import { Player } from './player.ts';
import { newPlace } from './template.ts';
import { newWorld, type Template, type World } from './world.ts';

export interface Told {
  /** The first promise that was broken, if one was. */
  readonly violation: Violation | undefined;
  readonly steps: number;
  readonly entries: number;
}

export interface Templates {
  readonly empty: Template;
  readonly opened: Template;
}

/** Even without a fault a promise was broken: no history needs to be played. */
export class BrokenTemplate extends Error {
  override name = 'BrokenTemplate';
  readonly violation: Violation;
  constructor(violation: Violation) {
    super(violation.rule);
    this.violation = violation;
  }
}

/** Two beginnings: a house on its first day, and one with two open chats. @throws BrokenTemplate */
export async function makeTemplates(): Promise<Templates> {
  const empty = { place: await newPlace() };
  empty.place.database.freeze();
  return { empty, opened: await openedTemplate() };
}

/** Made by the simulation itself, without a fault: Ann and Ben wrote, and both were answered. */
async function openedTemplate(): Promise<Template> {
  const place = await newPlace();
  const world = newWorld({ place }, () => undefined);
  const script = [
    { do: 'text', customer: 0, same: false },
    { do: 'text', customer: 1, same: false },
    { do: 'write', who: 0, portal: 0 },
    { do: 'write', who: 1, portal: 1 },
  ] as const;
  const player = new Player(world, script);
  await player.play({ decisions: [], kills: [] });
  await judgeAtRest(world, player.people);
  const [broken] = world.judge.violations;
  if (broken !== undefined) throw new BrokenTemplate(broken);
  place.database.freeze();
  const [bridge, archive] = world.streams;
  const brought = { bridge: bridge.brought, archive: archive.brought };
  const size = await place.reader.size();
  return { place, synapse: world.synapse, at: world.clock.now() + 60_000, count: 100, size, brought };
}

export async function playHistory(
  plan: Plan,
  templates: Templates,
  options: { readonly trace?: (words: string) => void; readonly verify?: boolean } = {},
): Promise<Told> {
  const template = plan.opened ? templates.opened : templates.empty;
  template.place.database.reset();
  let steps = 0;
  const trace = (words: string): void => {
    steps += 1;
    options.trace?.(words);
  };
  const world = newWorld(template, trace);
  const player = new Player(world, plan.script);
  await player.play(plan);
  if (world.judge.violations.length === 0) await judgeAtRest(world, player.people);
  if (options.verify === true) await verifyTree(world);
  return { violation: world.judge.violations[0], steps, entries: await world.place.reader.size() };
}

async function verifyTree({ place, judge }: World): Promise<void> {
  const { firstBad } = await verifyJournal(place, {
    verifier: createNoteSigner(`gatehouse/${DOMAIN}`, place.keys.signing),
  });
  if (firstBad !== null)
    judge.blame('the tree does not verify', `record ${String(firstBad.position)}: ${firstBad.what}`);
}
