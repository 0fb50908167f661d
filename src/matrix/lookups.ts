/**
 * Who is behind an address, for the clients of staff (application service API, "Third-party networks"). What is answered
 * follows from the address alone: nobody learns by asking whom the house knows.
 */
import type { BridgeController } from 'matrix-appservice-bridge';
import { ghostUserId, isByPhone, isGhost, networkName, readGhost } from '../core/address.ts';
import { parseAddress, parseNetworkId, type Address, type NetworkId } from '../core/ids.ts';

/** What somebody typed, as an address of the network. */
export type ReadAddress = (network: NetworkId, written: string) => Address | undefined;

export interface LookupOptions {
  readonly domain: string;
  readonly protocols: readonly string[];
  /** Without it an address has to be written as the core compares it. */
  readonly readAddress?: ReadAddress | undefined;
}

type Lookup = NonNullable<BridgeController['thirdPartyLookup']>;

/** The field of a phone number, as identifiers of users have it (client-server API, "Identifier types"). */
const PHONE = 'm.id.phone';
const ADDRESS = 'address';

export function thirdPartyLookup({ domain, protocols, readAddress = asWritten }: LookupOptions): Lookup {
  return {
    protocols: [...protocols],
    getProtocol: (protocol) => ({
      user_fields: takesPhone(protocol) ? [PHONE, ADDRESS] : [ADDRESS],
      location_fields: [],
      icon: '',
      field_types: {
        ...(takesPhone(protocol) && { [PHONE]: { regexp: String.raw`\+?[0-9 ()./-]+`, placeholder: '+12025550199' } }),
        [ADDRESS]: { regexp: '.+', placeholder: takesPhone(protocol) ? '+12025550199' : 'name@example.org' },
      },
      instances: [{ desc: networkLabel(protocol), network_id: protocol, fields: {} }],
    }),
    getUser: (protocol, fields) => {
      const network = parseNetworkId(protocol);
      const written = writtenIn(fields);
      const address = network.ok && written !== undefined ? readAddress(network.value, written) : undefined;
      return network.ok && address !== undefined ? [userOf(network.value, address, domain)] : [];
    },
    parseUser: (user) => {
      const known = isGhost(user, domain) ? readGhost(user) : undefined;
      // The library's type calls these locations; the specification's answer is users.
      return known === undefined ? [] : [{ ...userOf(known.network, known.address, domain), alias: '' }];
    },
    // Rooms have no aliases: who would list them could see whom the company talks to.
    getLocation: () => [],
    parseLocation: () => [],
  };
}

function asWritten(_: NetworkId, written: string): Address | undefined {
  const address = parseAddress(written.trim());
  return address.ok ? address.value : undefined;
}

function writtenIn(fields: Readonly<Record<string, unknown>>): string | undefined {
  const written = fields[PHONE] ?? fields[ADDRESS];
  return typeof written === 'string' && written !== '' ? written : undefined;
}

function userOf(network: NetworkId, address: Address, domain: string) {
  const fields = { [ADDRESS]: address, ...(isByPhone(network) && { [PHONE]: address }) };
  return { userid: ghostUserId(network, address, domain), protocol: network, fields };
}

function takesPhone(protocol: string): boolean {
  const network = parseNetworkId(protocol);
  return network.ok && isByPhone(network.value);
}

function networkLabel(protocol: string): string {
  const network = parseNetworkId(protocol);
  return network.ok ? networkName(network.value) : protocol;
}
