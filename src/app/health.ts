/** How the house is, put together from what each part knows of itself. */
import { z } from 'zod';
import { spanWords } from '../bridge/alarms/span-words.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';
import type { Clock } from '../core/clock.ts';
import { must, parseConnectorId } from '../core/ids.ts';
import type { Config } from '../config/config.ts';
import { homeserverSilent, type Health, type HealthReport } from '../core/ports/health.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import { CHECKPOINT_FILE } from '../journal/log/log-names.ts';
import type { LogFiles } from '../journal/log/log-files.ts';
import type { PingResult, Service } from '../matrix/ping.ts';
import type { TaskRunner } from '../tasks/runner.ts';
import type { WatchedHealth } from './alarms.ts';
import type { Connectors } from './connectors.ts';
import { diskState, diskWords } from './disk.ts';

export interface HealthParts {
  readonly config: Pick<Config, 'anchors'>;
  readonly journal: Pick<OpenJournal, 'size' | 'stale' | 'down' | 'append'>;
  readonly runner: Pick<TaskRunner, 'gates' | 'summary'>;
  readonly connectors: Pick<Connectors, 'states'>;
  readonly files: Pick<LogFiles, 'readText'>;
  readonly watch: HealthWatch;
  /** What a person should know although everything works. */
  readonly advice: () => readonly string[];
  /** What those know who watch that everything moves. */
  readonly watched: () => Promise<WatchedHealth>;
}

/** A ping older than this says nothing. */
const PING_FRESH_MS = 120_000;

/** What is told of, between two looks at the health: pings and warnings. */
export class HealthWatch implements Warnings {
  readonly #clock: Clock;
  readonly #warnings = new Map<string, string>();
  /** The homeserver answers again: what waits behind its gate need not wait for a probe. */
  returned: () => void = () => undefined;
  readonly #pings = new Map<Service, { readonly at: number; readonly result: PingResult }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(id: string, words: string): void {
    this.#warnings.set(id, words);
  }

  clear(id: string): void {
    this.#warnings.delete(id);
  }

  pinged(service: Service, result: PingResult): void {
    const wasAway = this.#pings.get(service)?.result.ok === false;
    this.#pings.set(service, { at: this.#clock.monotonic(), result });
    if (result.ok) this.clear(`homeserver:${service}`);
    else this.set(`homeserver:${service}`, pingWords(service, result.error));
    if (result.ok && wasAway && service === 'bridge') this.returned();
  }

  words(): readonly string[] {
    // Both appservices say the same of a homeserver that is away.
    return [...new Set(this.#warnings.values())];
  }

  homeserver(): HealthReport['homeserver'] {
    const fresh = [...this.#pings.values()].filter(({ at }) => this.#clock.monotonic() - at < PING_FRESH_MS);
    if (fresh.length === 0) return 'unknown';
    return fresh.every(({ result }) => result.ok) ? 'ok' : 'down';
  }
}

type PingFailure = Extract<PingResult, { ok: false }>['error'];

function pingWords(service: Service, failure: PingFailure): string {
  if (failure.kind === 'down' || failure.kind === 'unclear') return homeserverSilent;
  if (failure.kind === 'forbidden') {
    return `The homeserver doesn't know the ${service} appservice: add its registration to app_service_config_files and restart it.`;
  }
  return `The homeserver can't reach our ${service} listener (${failure.kind}): check homeserver.reachUsAt.${service}.`;
}

export function createHealth(parts: HealthParts): Health {
  return async () => {
    const { journal, runner, connectors, watch } = parts;
    const down = await stillDown(journal);
    const database = await sizeAndStale(journal);
    if (database === undefined) return { ...blind, connectors: connectors.states(), warnings: watch.words() };
    const summary = await runner.summary();
    const closedGates = runner.gates().map(({ gate, since, reason }) => ({ gate, since, reason }));
    const homeserver = watch.homeserver();
    const watched = await watchedBy(parts);
    const wrong = [...downWords(down), ...watch.words(), ...staleWords(database.stale)];
    return {
      ok: homeserver === 'ok' && closedGates.length === 0 && wrong.length === 0 && !standsStill(watched),
      database: down === undefined ? 'ok' : 'down',
      homeserver,
      connectors: connectors.states(),
      stale: database.stale,
      closedGates,
      tasks: { ready: summary.ready, dead: summary.dead, oldestReadyMs: summary.oldestReadyMs },
      record: { size: database.size, checkpoint: await publishedSize(parts.files) },
      ...watched,
      // A disk that is nearly full still takes messages: whoever asks whether we are ready hears no `no` before it must.
      warnings: [
        ...wrong,
        ...parts.advice(),
        ...roomWords(watched),
        ...clockWords(watched),
        ...deadWords(summary.dead),
      ],
    };
  };
}

const blind: Omit<HealthReport, 'connectors' | 'warnings'> = {
  ok: false,
  database: 'down',
  homeserver: 'unknown',
  stale: [],
  closedGates: [],
  tasks: { ready: 0, dead: 0, oldestReadyMs: 0 },
  record: { size: 0, checkpoint: 0 },
};

async function sizeAndStale(
  journal: HealthParts['journal'],
): Promise<{ size: number; stale: readonly string[] } | undefined> {
  try {
    return { size: await journal.size(), stale: await journal.stale() };
  } catch {
    return undefined;
  }
}

/** Notes are kept by connector; no configured one is called like this. */
const OWNER = must(parseConnectorId('gatehouse-health'));

/**
 * Why nothing can be written. What was refused once may go again: a note is written that nobody reads, so that a house that
 * gets no messages because it says that it is not ready finds out by being asked.
 */
async function stillDown(journal: Pick<OpenJournal, 'append' | 'down'>): Promise<string | undefined> {
  if (journal.down() === undefined) return undefined;
  try {
    await journal.append([], { kv: [{ connector: OWNER, key: 'tried', value: new Uint8Array(1) }] });
    return undefined;
  } catch {
    return journal.down();
  }
}

/** It can still be read, so all that is known is shown. */
function downWords(down: string | undefined): readonly string[] {
  return down === undefined ? [] : [`Nothing can be put on record, so nothing moves: ${down}.`];
}

/** What can't be read now is not known, and the rest is told all the same. */
async function watchedBy({ watched }: HealthParts): Promise<WatchedHealth> {
  try {
    return await watched();
  } catch {
    return {};
  }
}

function roomWords({ disk }: WatchedHealth): readonly string[] {
  return disk === undefined || diskState(disk) === 'plenty' ? [] : [diskWords(disk)];
}

/** A clock that was set is known by itself, and stops nothing that moves. */
function standsStill({ alarms = [] }: WatchedHealth): boolean {
  return alarms.some(({ kind }) => kind !== 'clock-jumped');
}

function clockWords({ clock }: WatchedHealth): readonly string[] {
  if (clock === undefined) return [];
  const by = spanWords(Math.abs(clock.byMs));
  return [
    `The clock was set ${clock.byMs > 0 ? 'ahead' : 'back'} by ${by}, or the computer stood still: nothing is deleted by age meanwhile.`,
  ];
}

function staleWords(stale: readonly string[]): readonly string[] {
  if (stale.length === 0) return [];
  return [`Stale: ${stale.join(', ')}. The record is complete, but what reads these waits. Run: gatehouse rebuild`];
}

function deadWords(dead: number): readonly string[] {
  return dead === 0 ? [] : [`${dead === 1 ? '1 task' : `${dead} tasks`} ended without success and can be tried again.`];
}

/** The second line of a checkpoint is the tree's size (C2SP tlog-checkpoint). */
async function publishedSize(files: HealthParts['files']): Promise<number> {
  const note = await files.readText(CHECKPOINT_FILE);
  const size = z.coerce.number().int().safeParse(note?.split('\n')[1]);
  return size.success ? size.data : 0;
}
