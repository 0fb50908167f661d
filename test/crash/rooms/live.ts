/**
 * One life of the bridge on what an earlier one left: it takes in what the homeserver and the network still bring, does
 * what follows until nothing is left to do, and after each commit and each call leaves the world as it is by then.
 */
import { countTasks } from '../../../src/tasks/open-tasks.ts';
import { ann, carrier, openHouse, sales, type House } from '../../integration/bridge/house.ts';
import { eventDraft, FakeHomeserver } from '../../integration/bridge/fake-homeserver.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { keepWorld, placeIn, worldIn } from './kept-world.ts';
import { scenes, type SceneName } from './scenes.ts';

/** Time that passes when there is nothing to do, so that what only waits happens too. */
const IDLE_MS = 60_000;
/** Times that it passes without anything new before it counts as rest. */
const CALM = 5;

export interface Life {
  readonly dir: string;
  readonly scene: SceneName;
  /** Called after each call and each commit, with its number: 1, 2, 3, ... */
  readonly step: (count: number) => void;
}

/** Resolves with the house at rest, and how many steps that took. */
export async function live({ dir, scene, step }: Life): Promise<{ readonly house: House; readonly steps: number }> {
  const world = worldIn(dir);
  const clock = new ManualClock(world.now);
  const homeserver = new FakeHomeserver(clock);
  homeserver.take(world.homeserver);
  scenes[scene].equip?.(homeserver);
  const house = await openHouse({ place: placeIn(dir), homeserver, clock });
  const { network } = house;
  const texts = [...world.texts];
  let steps = 0;
  const keep = (): void => {
    const sent = [...world.sent, ...network.sent.map((message) => message.text)];
    keepWorld(dir, { homeserver: homeserver.keep(), sent, texts, now: clock.now() });
  };
  const done = (): void => {
    keep();
    steps += 1;
    step(steps);
  };
  // This network can be asked what became of a message; it knows nothing of what never reached it.
  network.identifiedBy = 'our-id';
  network.known = world.sent.length > 0 ? { state: 'accepted' } : undefined;
  network.during = () => {
    done();
    return Promise.resolve();
  };
  homeserver.done = done;
  house.test.journal.onCommitted(done);
  await bringAll(house, texts);
  await rest(house);
  keep();
  return { house, steps };
}

/** What was not acknowledged comes again. */
async function bringAll(house: House, texts: string[]): Promise<void> {
  await bringEvents(house);
  for (let text = texts[0]; text !== undefined; text = texts[0]) {
    await house.bridge.inbound(carrier).ingest({
      ...{ kind: 'message', id: text, sure: true, at: house.clock.now(), raw: Buffer.from(text) },
      message: { to: sales.address, from: ann, text },
    });
    texts.shift();
  }
}

async function bringEvents({ homeserver, test }: House): Promise<boolean> {
  const events = [...homeserver.unseen];
  if (events.length === 0) return false;
  await test.journal.append(events.map((event) => eventDraft(event)));
  homeserver.unseen.splice(0, events.length);
  return true;
}

async function rest(house: House): Promise<void> {
  const { clock, runner, test } = house;
  for (let calm = 0; calm < CALM;) {
    await runner.idle();
    const brought = await bringEvents(house);
    const { ready } = await test.views.read(countTasks);
    calm = brought || ready > 0 ? 0 : calm + 1;
    if (!brought) clock.advance(Math.min(Math.max((clock.nextAt ?? Infinity) - clock.now(), 1), IDLE_MS));
  }
}
