/** Which addresses lie on the public internet (IANA's special-purpose registries, RFC 6890). */
import ipaddr from 'ipaddr.js';

/** Global unicast, the only part of IPv6 that is given out (RFC 4291, IANA). */
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether `address` is one that anybody on the internet means by it. Private, local and shared networks, documentation,
 * multicast, and every form that hides an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) are not; nor is what is
 * no address.
 */
export function isPublic(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address).range() === 'unicast';
  if (!ipaddr.IPv6.isValid(address)) return false;
  const v6 = ipaddr.IPv6.parse(address);
  return v6.zoneId === undefined && v6.match(GLOBAL) && v6.range() === 'unicast';
}
