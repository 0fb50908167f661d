/** Everything around Gatehouse, with one clock: the homeserver and its streams, the networks, the disk, and a judge. */
import { ManualClock } from '../../support/manual-clock.ts';
import { Judge } from './judge.ts';
import { Provider } from './provider.ts';
import { Steps } from './steps.ts';
import { Stream } from './stream.ts';
import { Synapse } from './synapse.ts';
import type { Place } from './template.ts';

const START = 1_800_000_000_000;

export interface World {
  readonly place: Place;
  readonly clock: ManualClock;
  readonly steps: Steps;
  readonly synapse: Synapse;
  readonly streams: readonly [Stream, Stream];
  readonly provider: Provider;
  readonly judge: Judge;
  readonly trace: (words: string) => void;
  /** Ids and words up to this number are taken. */
  readonly count: number;
  /** The position of the first entry, and the place in the archive's stream of the first event, of this history. */
  readonly first: number;
  readonly firstEvent: number;
  /** Numbers in [0, 1): the jitter of the task runner. */
  readonly random: () => number;
}

/** What a world begins with. */
export interface Template {
  readonly place: Place;
  readonly synapse?: Synapse;
  /** When it was made; histories begin a little later. */
  readonly at?: number;
  /** Ids and words up to this number were used in it. */
  readonly count?: number;
  /** The position of the last entry in it. */
  readonly size?: number;
  /** Events that each stream has brought. */
  readonly brought?: Readonly<Record<'bridge' | 'archive', number>>;
}

export function newWorld(template: Template, trace: (words: string) => void): World {
  const { place } = template;
  const clock = new ManualClock(template.at ?? START);
  const synapse = new Synapse(clock, template.synapse);
  const provider = new Provider(template.count ?? 0);
  const judge = new Judge(place.reader, trace);
  const brought = template.brought ?? { bridge: 0, archive: 0 };
  return {
    ...{ place, clock, synapse, provider, judge, trace },
    steps: new Steps(trace),
    streams: [
      new Stream('bridge', { synapse, judge, trace }, brought.bridge),
      new Stream('archive', { synapse, judge, trace }, brought.archive),
    ],
    count: template.count ?? 0,
    first: (template.size ?? 0) + 1,
    firstEvent: brought.archive,
    random: () => 0.5,
  };
}
