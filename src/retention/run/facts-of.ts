/** What of an opened record its classes are chosen by. */
import type { Entry } from '../../core/entry.ts';
import type { LineId, NetworkId } from '../../core/ids.ts';
import { networkIn } from '../classes/class-store.ts';
import type { Facts } from '../classes/facts.ts';

export interface Beside {
  readonly marks: ReadonlySet<string>;
  readonly networks: ReadonlyMap<LineId, ReadonlySet<NetworkId>>;
}

export function factsOf(entry: Entry, { marks, networks }: Beside): Facts {
  const { position, kind, recordedAt, at, line, room, actor, source } = entry;
  const named = networkIn(entry);
  const known = named === undefined ? (line === undefined ? undefined : networks.get(line)) : new Set([named]);
  return {
    ...{ position, kind, class: entry.class, recordedAt, at, late: source.late !== undefined, marks },
    ...(line === undefined ? {} : { line }),
    ...(room === undefined ? {} : { room }),
    ...(known === undefined ? {} : { networks: known }),
    ...(actor === undefined ? {} : { actor }),
  };
}
