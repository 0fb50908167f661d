/** A scene played on a folder: once undisturbed, and again and again with a process that is killed on the way. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTasks } from '../../../src/tasks/open-tasks.ts';
import { FakeHomeserver } from '../../integration/bridge/fake-homeserver.ts';
import { openHouse, type House } from '../../integration/bridge/house.ts';
import { desk, portalRoom } from '../../integration/bridge/room-acts.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { exitOf } from '../exit-of.ts';
import { keepWorld, placeIn, worldIn } from './kept-world.ts';
import { live } from './live.ts';
import { outsideOf, type Outside } from './outside.ts';
import { scenes, type SceneName } from './scenes.ts';

const oneLife = fileURLToPath(new URL('./one-life.ts', import.meta.url));

export class Stage implements AsyncDisposable {
  readonly #dir: string;
  readonly #scene: SceneName;

  private constructor(dir: string, scene: SceneName) {
    this.#dir = dir;
    this.#scene = scene;
  }

  /** The scene has befallen; nobody has noticed yet. */
  static async set(scene: SceneName): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'gatehouse-rooms-')), scene);
    const dir = stage.#start;
    await mkdir(dir);
    const clock = new ManualClock();
    const homeserver = new FakeHomeserver(clock);
    const house = await openHouse({ place: placeIn(dir), homeserver, clock });
    const office = await desk(house);
    await scenes[scene].befall(house, { portal: await portalRoom(house), office });
    await house.stop();
    keepWorld(dir, { homeserver: homeserver.keep(), sent: [], texts: scenes[scene].texts ?? [], now: clock.now() });
    return stage;
  }

  get #start(): string {
    return join(this.#dir, 'start');
  }

  /** What there is to see in the end, and after how many steps. */
  async calm(): Promise<Outside & { readonly steps: number }> {
    return this.#play(await this.#copy('calm'));
  }

  /** What there is to see in the end when the first process was killed after step `last`. */
  async killedAfter(last: number): Promise<Outside> {
    const dir = await this.#copy(`killed-${String(last)}`);
    const args = ['--disable-warning=ExperimentalWarning', oneLife, dir, this.#scene, String(last)];
    const env = { ...process.env, NODE_OPTIONS: '', NODE_COMPILE_CACHE: join(tmpdir(), 'gatehouse-compiled') };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const { signal } = await exitOf(child);
    if (signal !== 'SIGKILL') throw new Error(`it ended by itself before step ${String(last)}`);
    const { rooms, sent, left } = await this.#play(dir);
    return { rooms, sent, left };
  }

  async #play(dir: string): Promise<Outside & { readonly steps: number }> {
    const { house, steps } = await live({ dir, scene: this.#scene, step: () => undefined });
    try {
      return { ...(await seen(house, dir)), steps };
    } finally {
      await house.stop();
      await rm(dir, { recursive: true });
    }
  }

  async #copy(name: string): Promise<string> {
    const dir = join(this.#dir, name);
    await cp(this.#start, dir, { recursive: true });
    return dir;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

async function seen(house: House, dir: string): Promise<Outside> {
  const { ready, waiting, dead } = await house.test.views.read(countTasks);
  return outsideOf(worldIn(dir), ready + waiting + dead);
}
