/** `gatehouse demo`: a real Synapse, a simulated carrier, and a morning between them. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from './client.ts';
import { LINE_NUMBER, openHouse, type House } from './house.ts';
import { LUNCH } from './keeping-steps.ts';
import type { Play } from './play.ts';
import { steps } from './steps.ts';
import { sendTyped, type TypedText } from './typed-texts.ts';
import { installSynapse, type InstallProgress } from './synapse/install.ts';

export interface DemoOptions {
  /** End after the scenario. */
  readonly once: boolean;
  readonly dataDir: string;
  /** Where Synapse is installed. */
  readonly cacheDir: string;
  readonly say: (line: string) => void;
  /** What is typed meanwhile. */
  readonly lines: () => AsyncIterable<string>;
  readonly signal: AbortSignal;
}

/** Resolves with how many steps were seen and how many were not. */
export async function runDemo(options: DemoOptions): Promise<{ readonly passed: number; readonly failed: number }> {
  const { dataDir, say, signal } = options;
  const installation = await installSynapse({ cacheDir: options.cacheDir, onProgress: progress(say) });
  await rm(dataDir, { recursive: true, force: true });
  say('Starting Synapse, the carrier and Gatehouse …');
  await using house = await openHouse({
    ...{ installation, dir: dataDir, rateLimits: true, starterRules: true },
    configure: (config) => {
      config.setIn(['retention', 'classes'], config.createNode({ lunch: LUNCH }));
    },
  });
  say(`Synapse at ${house.synapse.url}, the carrier at 127.0.0.1:${house.carrier.port}, Gatehouse on both sides.`);
  const result = await play(house, say, signal);
  if (!options.once && !signal.aborted) await stay(house, dataDir, options);
  return result;
}

async function play(house: House, say: (line: string) => void, signal: AbortSignal) {
  const people: Client[] = [await house.login('alice'), await house.login('olivia'), await house.login('omar')];
  const [alice, olivia, omar] = people;
  const result = { passed: 0, failed: 0 };
  try {
    if (alice === undefined || olivia === undefined || omar === undefined) return result;
    const playing: Play = { house, alice, olivia, omar };
    for (const step of steps) {
      if (signal.aborted) break;
      try {
        say(`✓ ${step.title}: ${await step.run(playing)}`);
        result.passed += 1;
      } catch (error) {
        say(`✗ ${step.title}: ${error instanceof Error ? error.message : 'failed'}`);
        result.failed += 1;
      }
    }
    return result;
  } finally {
    await Promise.all(people.map((person) => person.stop()));
  }
}

async function stay(house: House, dir: string, { say, lines: typed, signal }: DemoOptions): Promise<void> {
  const lines = [
    '',
    'It stays up; Ctrl-C ends it. Try it with any Matrix client, Element too:',
    `  homeserver ${house.synapse.url}   users alice bob olivia omar   password ${house.password}`,
    'Alice, in her chat with @gatehouse:  !help   !sms +12025550177 Hello',
    'Olivia, in the room “Compliance”:    !c help   !c search from:@alice   !c verify   !c health',
    'The customer, typed here:            customer: Is the red one there too?   +12025550177: Hello',
    `The carrier's own log:               ${join(dir, 'carrier.jsonl')}`,
    `On the command line, in ${dir}:`,
    `  gatehouse journal tail --config ${house.config}`,
    `  gatehouse verify --config ${house.config}`,
  ];
  for (const line of lines) say(line);
  if (signal.aborted) return;
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const send = ({ from, text }: TypedText): void => {
    house.carrier.text({ from, to: LINE_NUMBER, text });
  };
  // It stays up after the input has ended, as in the background.
  await Promise.race([sendTyped(typed(), send, say).then(() => stopped), stopped]);
  say('Stopping …');
}

/** The first time takes a while: every tenth package is told. */
function progress(say: (line: string) => void): (progress: InstallProgress) => void {
  let told = '';
  return ({ step, done, total }) => {
    const line = {
      waiting: '',
      environment: 'Installing Synapse from PyPI, once …',
      packages: done % 10 === 0 ? `  ${done} of ${total} packages` : '',
      done: '',
    }[step];
    if (line !== '' && line !== told) say(line);
    told = line;
  };
}
