/** People outside and of the staff, as they are called: told by the bridge. */
import type { Address, ContactId, NetworkId, UserId } from '../../core/ids.ts';

/** Somebody outside, as the record knows them. */
export interface PersonNamed {
  readonly contact: ContactId;
  readonly name?: string;
  readonly addresses: readonly { readonly network: NetworkId; readonly address: Address }[];
}

/** Who is called how: the bridge knows. */
export interface PeopleKnown {
  /** By E.164 number or address on any of our networks, or by exact name. */
  called(name: string): Promise<readonly ContactId[]>;
  named(contact: ContactId): Promise<PersonNamed>;
  /** `@bob` or a whole id, of a person; undefined for what is none, and for users of the house's own making. */
  staff(name: string): UserId | undefined;
}
