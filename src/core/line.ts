/** What the config says of lines and desks, as the features use it. */
import type { Address, ClassId, ConnectorId, DeskId, LineId, NetworkId, RoomAlias, UserId } from './ids.ts';

/** A company-owned address on a network. */
export interface Line {
  readonly id: LineId;
  readonly name: string;
  readonly connector: ConnectorId;
  readonly network: NetworkId;
  readonly address: Address;
  readonly supervisors: readonly UserId[];
  /** All staff in each portal; first to take it; one person. Only `shared` acts until assignment is built. */
  readonly routing: 'shared' | 'claim' | 'owner';
  readonly class: ClassId;
  /** For so long a message waits, so that its sender can take it back; milliseconds. */
  readonly undoMs?: number;
  /** What customers may know of staff, where the network can carry it; absent: all but presence. */
  readonly tells?: Readonly<{ read: boolean; typing: boolean; presence: boolean }>;
  /** The company's own ready texts, by name; `{{1}}` and so on stand for values. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Where local numbers are read from: an ISO 3166 country, by the line's own number. */
  readonly country?: string;
}

/** Who may use a line: resolved from users, lists and Matrix rooms each time it is asked. */
export interface StaffDirectory {
  staffOf(line: LineId): Promise<readonly UserId[]>;
  isStaff(line: LineId, user: UserId): Promise<boolean>;
  /** The lines that `user` may use, in the config's order. */
  linesOf(user: UserId): Promise<readonly Line[]>;
  /** Everybody on any line. */
  everybody(): Promise<readonly UserId[]>;
}

/** Who is in the groups that the config names. */
export interface GroupDirectory {
  /** Undefined where it can't be read, or never was; who was known last stays known. */
  membersOf(group: string): Promise<readonly UserId[] | undefined>;
}

export type Role = 'officer' | 'reviewer' | 'auditor';

/** A compliance desk. */
export interface Desk {
  readonly id: DeskId;
  readonly room: RoomAlias;
  /** IANA zone in which people read times. */
  readonly timezone: string;
  readonly officers: readonly UserId[];
  readonly reviewers: readonly UserId[];
  readonly auditors: readonly UserId[];
}

export function roleAt(desk: Desk, user: UserId): Role | undefined {
  if (desk.officers.includes(user)) return 'officer';
  if (desk.reviewers.includes(user)) return 'reviewer';
  return desk.auditors.includes(user) ? 'auditor' : undefined;
}
