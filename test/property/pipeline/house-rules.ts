/** Who lives in the simulated world: two lines, their customers, the staff. */
import {
  must,
  parseAddress,
  parseClassId,
  parseConnectorId,
  parseLineId,
  parseNetworkId,
  parseUserId,
  type Address,
  type UserId,
} from '../../../src/core/ids.ts';
import type { Line, StaffDirectory } from '../../../src/core/line.ts';

export const DOMAIN = 'acme.example';
export const defaultClass = must(parseClassId('us-finra-6y'));

export function user(name: string): UserId {
  return must(parseUserId(`@${name}:${DOMAIN}`));
}

function line(id: string, connector: string, network: string): Line {
  return {
    id: must(parseLineId(id)),
    name: id,
    connector: must(parseConnectorId(connector)),
    network: must(parseNetworkId(network)),
    address: must(parseAddress(id === 'sales' ? '+12025550100' : '+12025550101')),
    supervisors: [],
    routing: 'shared',
    class: defaultClass,
  };
}

/** Its carrier gives texts no sure id and says nothing of what it took (SMPP). */
export const sales = line('sales', 'carrier', 'sms');
/** Its provider knows each message by an id of its own, and ours by the id that we gave. */
export const support = line('support', 'cloud', 'whatsapp');
export const lines: readonly [Line, Line] = [sales, support];

export const alice = user('alice');
export const bob = user('bob');
/** Decides about what was stopped at the gate. */
export const officer = user('olivia');
/** In the rooms, but on no line. */
export const mallory = user('mallory');
export const writers: readonly [UserId, UserId, UserId] = [alice, bob, mallory];

const staff: readonly UserId[] = [alice, bob];
export const directory: StaffDirectory = {
  staffOf: () => Promise.resolve(staff),
  isStaff: (_line, who) => Promise.resolve(staff.includes(who)),
  linesOf: (who) => Promise.resolve(staff.includes(who) ? lines : []),
  everybody: () => Promise.resolve(staff),
};

/** Customers write to a line each; the last one is new. */
export interface Customer {
  readonly name: string;
  readonly address: Address;
  readonly line: Line;
}
export const ann: Customer = { name: 'Ann', address: must(parseAddress('+12025550199')), line: sales };
export const ben: Customer = { name: 'Ben', address: must(parseAddress('+12025550188')), line: support };
export const newcomer: Customer = { name: 'Cleo', address: must(parseAddress('+12025550177')), line: sales };
/** Whom staff may write to first. */
export const stranger: Customer = { name: 'Dora', address: must(parseAddress('+12025550166')), line: sales };
export const customers: readonly [Customer, Customer, Customer] = [ann, ben, newcomer];
