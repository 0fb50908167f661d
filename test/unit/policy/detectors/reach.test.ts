import { describe, expect, test } from '@jest/globals';
import { told } from './found-by.ts';

describe('a phone number', () => {
  test.each([
    ['call me on +1 415 555 2671', undefined, '+14155552671@0.5'],
    ['+49 30 901820', undefined, '+4930901820@0.5'],
    ['+442079460018', 'US', '+442079460018@0.5'],
    ['+44 (0)20 7946 0018', 'GB', '+442079460018@0.5'],
    ['0049 30 901820', 'DE', '+4930901820@0.4'],
    ['415-555-2671', 'US', '+14155552671@0.4'],
    ['(415) 555-2671', 'US', '+14155552671@0.4'],
    ['415.555.2671', 'US', '+14155552671@0.4'],
    ['4155552671', 'US', '+14155552671@0.2'],
    ['text 415-555-2671 tonight', undefined, '+14155552671@0.4'],
    ['030 901820', 'DE', '+4930901820@0.4'],
    ['0171 2345678', 'DE', '+491712345678@0.4'],
    ['06 12 34 56 78', 'FR', '+33612345678@0.4'],
    ['612 34 56 78', 'ES', '+34612345678@0.4'],
    ['020 7946 0018', 'gb', '+442079460018@0.4'],
    ['four one five five five five two six seven one', 'US', '+14155552671@0.4'],
    ['415-555-2671, 415-555-2672', 'US', '+14155552671@0.4 +14155552672@0.4'],
  ])('is found in %j (%s)', (text, country, expected) => {
    expect(told('phone', text, country)).toBe(expected);
  });

  test.each([
    ['2026-11-23 01:24', 'US'],
    ['23.11.2026', 'DE'],
    ['order #4155552671', 'US'],
    ['$4155552671', 'US'],
    ['4111 1111 1111 1111', 'US'],
    ['123-456-7890', 'US'],
    ['4155552671', undefined],
    ['a4155552671', 'US'],
    ['415-555-2671', 'ZZ'],
    ['12, 15, 17, 2000', 'US'],
    ['call me', 'US'],
  ])('is not %j (%s)', (text, country) => {
    expect(told('phone', text, country)).toBe('');
  });
});

describe('an email address', () => {
  test.each([
    ['write to jane.doe@example.com.', 'jane.doe@example.com@0.5'],
    ['<Jane@Example.CO.UK>', 'jane@example.co.uk@0.5'],
    ['a+b@x.io', 'a+b@x.io@0.5'],
    ["o'neil@example.ie", "o'neil@example.ie@0.5"],
    ['mailto:x_y@sub.example.org?subject=a', 'x_y@sub.example.org@0.5'],
    ['a@b.de,c@d.fr', 'a@b.de@0.5 c@d.fr@0.5'],
    ['jane＠example.com', 'jane@example.com@0.5'],
    ['1234@example.museum', '1234@example.museum@0.5'],
    ['"quoted" jane@example.com', 'jane@example.com@0.5'],
    ['jane@xn--mnchen-3ya.de', 'jane@xn--mnchen-3ya.de@0.5'],
    ['...jane@example.com', 'jane@example.com@0.5'],
    ['jane@\u200bexample.com', 'jane@example.com@0.5'],
    ['jane@example', ''],
    ['@example.com', ''],
    ['jane@.com', ''],
    ['jane.@example.com', ''],
    ['jane @ example.com', ''],
    ['@jane:example.com', ''],
    ['jane@example.c', ''],
    ['jane@10', ''],
    ['@@@@@@@@', ''],
    ['5 @ 3.50', ''],
  ])('in %j is %j', (text, expected) => {
    expect(told('email', text)).toBe(expected);
  });
});

describe('an IP address', () => {
  test.each([
    ['ssh 203.0.113.7', '203.0.113.7@0.5'],
    ['http://198.51.100.23:8080/', '198.51.100.23@0.5'],
    ['8.8.4.4', '8.8.4.4@0.1'],
    ['10.20.30.40', '10.20.30.40@0.2'],
    ['192.168.1.20', '192.168.1.20@0.2'],
    ['172.16.5.4', '172.16.5.4@0.2'],
    ['172.32.5.40', '172.32.5.40@0.5'],
    ['127.0.0.1', '127.0.0.1@0.2'],
    ['(203.0.113.7)', '203.0.113.7@0.5'],
    ['203.0.113.7.', '203.0.113.7@0.5'],
    ['2001:db8::8a2e:370:7334', '2001:db8::8a2e:370:7334@0.5'],
    ['[2001:db8::1]', '2001:db8::1@0.5'],
    ['fe80::1ff:fe23:4567:890a', 'fe80::1ff:fe23:4567:890a@0.2'],
    ['256.1.1.10', ''],
    ['version 10.20.30.40', ''],
    ['v10.20.30.40', ''],
    ['1.2.3.4.5', ''],
    ['203.0.113', ''],
    ['12:30:45', ''],
    ['std::vector a::b', ''],
    ['a203.0.113.7', ''],
    ['203.0.113.7-beta', ''],
  ])('in %j is %j', (text, expected) => {
    expect(told('ip', text)).toBe(expected);
  });
});

describe('a date of birth', () => {
  test.each([
    ['DOB: 12/03/1985', '1985-03-12@0.5'],
    ['born on March 12, 1985', '1985-03-12@0.5'],
    ['born 12 March 1985 in Leeds', '1985-03-12@0.5'],
    ['date of birth 1985-03-12', '1985-03-12@0.5'],
    ['Geburtsdatum: 12.03.1985', '1985-03-12@0.5'],
    ['geboren am 12. März 1985', '1985-03-12@0.5'],
    ['geb. 12.3.85', '1985-03-12@0.5'],
    ['née le 12 mars 1985', '1985-03-12@0.5'],
    ['date de naissance : 12/03/1985', '1985-03-12@0.5'],
    ['nacido el 12 de marzo de 1985', '1985-03-12@0.5'],
    ['fecha de nacimiento 12-03-1985', '1985-03-12@0.5'],
    ['12.03.1985 (born)', '1985-03-12@0.5'],
    ['my birthday is 12/25/1990', '1990-12-25@0.5'],
    ['born 29.02.2000', '2000-02-29@0.5'],
    ['born 29.02.1900', ''],
    ['born 31.04.1985', ''],
    ['born 12.03.1885', ''],
    ['meeting on 12.03.1985', ''],
    ['born in Rome, joined on 12.03.2019', ''],
    ['stubborn 12.03.1985', ''],
    ['born free', ''],
    ['version 12.03.1985.2 born', ''],
  ])('in %j is %j', (text, expected) => {
    expect(told('birth-date', text)).toBe(expected);
  });
});
