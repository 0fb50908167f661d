import { describe, expect, test } from '@jest/globals';
import { isPublic } from '../../../../src/networks/fetch/public-address.ts';

const open = ['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.32.0.1', '100.128.0.1', '192.0.1.1', '223.255.255.255'];
const open6 = ['2606:4700:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888', '2620:fe::fe'];

const closed: readonly (readonly [string, string])[] = [
  ['this host', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private 10', '10.0.0.1'],
  ['private 172', '172.31.255.255'],
  ['private 192', '192.168.1.1'],
  ['shared by a carrier', '100.64.0.1'],
  ['loopback', '127.0.0.1'],
  ['all of loopback', '127.255.255.254'],
  ['link-local', '169.254.1.1'],
  ['cloud metadata', '169.254.169.254'],
  ['protocol assignments', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['documentation', '198.51.100.1'],
  ['documentation', '203.0.113.1'],
  ['6to4 relay', '192.88.99.1'],
  ['benchmarking', '198.19.0.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['mapped private', '::ffff:10.0.0.1'],
  ['mapped loopback in hex', '::ffff:7f00:1'],
  ['mapped public', '::ffff:8.8.8.8'],
  ['compatible', '::127.0.0.1'],
  ['translated', '::ffff:0:127.0.0.1'],
  ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
  ['NAT64 of a public address', '64:ff9b::8.8.8.8'],
  ['local NAT64', '64:ff9b:1::1'],
  ['discard', '100::1'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['benchmarking', '2001:2::1'],
  ['ORCHID', '2001:20::1'],
  ['documentation', '2001:db8::1'],
  ['6to4 of a private address', '2002:a00:1::1'],
  ['documentation', '3fff::1'],
  ['segment routing', '5f00::1'],
  ['unique local', 'fd00::1'],
  ['cloud metadata', 'fd00:ec2::254'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['a zone', '2606:4700:4700::1111%eth0'],
  ['old site-local', 'fec0::1'],
  ['not given out', '4000::1'],
  ['multicast', 'ff02::1'],
  ['no address', 'example.org'],
  ['an empty text', ''],
  ['an octal form', '0177.0.0.1'],
  ['a short form', '127.1'],
  ['a number', '2130706433'],
  ['hexadecimal', '0x7f000001'],
];

describe('an address that the guard may ask', () => {
  test.each([...open, ...open6])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  test.each(closed)('%s is not: %s', (_, address) => {
    expect(isPublic(address)).toBe(false);
  });
});
