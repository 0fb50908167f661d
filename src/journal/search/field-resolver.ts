/** What a person, room, line or network named in a query means in the records: the bridge knows. */
import type { ContactId, LineId, PortalId, RoomId } from '../../core/ids.ts';
import type { Direction } from '../../core/entry.ts';
import type { ResolvedField } from './query/query.ts';

/** A record meets it when all that is given holds. */
export interface Constraint {
  readonly actor?: string;
  readonly contact?: ContactId;
  readonly line?: LineId;
  readonly room?: RoomId;
  readonly portal?: PortalId;
  readonly direction?: Direction;
}

export interface FieldResolver {
  /**
   * A record is meant when it meets one of them; none when nobody and nothing here is called so. `from:` a contact is
   * that contact and inbound, `from:` a staff member that actor. Numbers come in E.164.
   */
  resolve(field: ResolvedField, value: string): Promise<readonly Constraint[]>;
}
