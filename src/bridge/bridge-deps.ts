/** What the bridge asks of the rest of the house. */
import type { Entry, ErasedEntry } from '../core/entry.ts';
import type { Clock } from '../core/clock.ts';
import type { ConnectorId, Position, RoomId } from '../core/ids.ts';
import type { Line, StaffDirectory } from '../core/line.ts';
import type { Connector } from '../core/ports/connector.ts';
import type { Gatekeeper } from '../core/ports/gatekeeper.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { LiveHomeserver } from '../core/ports/live-homeserver.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { Recorder } from '../core/ports/recorder.ts';
import type { Views } from '../journal/journal.ts';
import type { BlobStore } from '../journal/blobs/blob-store.ts';
import type { Passing } from './alarms/passing.ts';
import type { FileLinks } from './files/file-links.ts';
import type { Unscanned } from './files/file-states.ts';
import type { ColleagueNames } from './people/colleague-names.ts';

interface BridgeJournal extends Recorder {
  readonly views: Views;
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
}

/** What a person should know until it is over, in plain words; shown by health. */
export interface Warnings {
  set(id: string, words: string): void;
  clear(id: string): void;
}

export interface BridgeDeps {
  readonly journal: BridgeJournal;
  readonly homeserver: Homeserver;
  readonly connectors: (id: ConnectorId) => Connector | undefined;
  readonly lines: readonly Line[];
  readonly staff: StaffDirectory;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly warnings: Warnings;
  /** By how much our clock was ahead of the homeserver's when this entry came, in milliseconds; as good as 0 without it. */
  readonly skewAt?: (position: Position) => Promise<number>;
  /** By how much our clock was set since this entry came, in milliseconds; as good as 0 without it. */
  readonly setSince?: (position: Position) => Promise<number>;
  /** Until when what was written in a room waits: its room may miss something that was written before. */
  readonly held?: (room: RoomId) => Promise<undefined> | undefined;
  /** Who is told of typing, reading and presence; without it nobody is. */
  readonly live?: LiveHomeserver;
  /** Where files lie, and whether those that no scanner could look at are seen; without it no file is shown or sent. */
  readonly files?: {
    readonly blobs: Pick<BlobStore, 'read'>;
    readonly unscanned: Unscanned;
    readonly links: Pick<FileLinks, 'to'>;
  };
  /** Whoever watches that connectors pass what they are given. */
  readonly passing?: Pick<Passing, 'send'>;
  /** Whom no customer's name may be taken for; without it nobody. */
  readonly colleagues?: ColleagueNames;
  /** Asked before anything goes out; without it nothing is judged. */
  readonly gatekeeper?: Gatekeeper;
  /** IANA zone in which rooms are told times. */
  readonly timezone: string;
}
