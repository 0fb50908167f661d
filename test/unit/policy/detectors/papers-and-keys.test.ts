import { describe, expect, test } from '@jest/globals';
import { foundBy, told } from './found-by.ts';

const forty = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const random = 'a8Fk2LmQ9xZb7RtYw3Nc5VdHs1JpGe4UoTiKq6Xy0BnMv8CsLfWdErAzQuPjHgTyIkOlSxNbVcMwZaEf';
const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

describe('a password or a key', () => {
  test.each([
    ['AKIAIOSFODNN7EXAMPLE', 0.85],
    [`ghp_${random.slice(0, 36)}`, 0.85],
    [`github_pat_${random.slice(0, 22)}_${random.slice(0, 59)}`, 0.85],
    [`glpat-${random.slice(0, 20)}`, 0.85],
    ['xoxb-123456789012-abcdefghijkl', 0.85],
    [`sk_live_${random.slice(0, 24)}`, 0.85],
    [`rk_live_${random.slice(0, 24)}`, 0.85],
    [`sk_test_${random.slice(0, 24)}`, 0.5],
    [`AIza${random.slice(0, 35)}`, 0.85],
    [`sk-proj-${random.slice(0, 48)}`, 0.85],
    [`sk-${random.slice(0, 48)}`, 0.85],
    [`sk-ant-api03-${random.slice(0, 60)}`, 0.85],
    [`SG.${random.slice(0, 22)}.${random.slice(0, 43)}`, 0.85],
    ['SK0123456789abcdef0123456789abcdef', 0.5],
    [`npm_${random.slice(0, 36)}`, 0.85],
    [`pypi-AgEIcHlwaS5vcmc${random.slice(0, 60)}`, 0.85],
    ['-----BEGIN RSA PRIVATE KEY-----', 0.85],
    [`${header}.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U`, 0.85],
    [`AccountKey=${random.slice(0, 80)}abcdef==`, 0.85],
  ])('is found: %s', (key, confidence) => {
    for (const text of [key, `use ${key} please`, `"${key}",`]) {
      expect(foundBy('secret', text)).toMatchObject([{ value: key, confidence }]);
    }
  });

  test.each([
    ['password: Tr0ub4dor&3xyzQ', 'Tr0ub4dor&3xyzQ@0.4'],
    ['https://meet.example/j/843?pwd=U3VwZXJTZWNyZXQxMjM0NTY3ODkw', 'U3VwZXJTZWNyZXQxMjM0NTY3ODkw@0.4'],
    ['https://meet.example/j/843?id=7&token=9f8b7c6d5e4a3b2c1d0e', '9f8b7c6d5e4a3b2c1d0e@0.4'],
    ['api_key = "9f8b7c6d5e4a3b2c1d0e"', '9f8b7c6d5e4a3b2c1d0e@0.5'],
    ['https://bob:s3cr3tpw@db.example.com/x', 's3cr3tpw@0.85'],
    [`AKIAIOSFODNN7EXAMPLE\n${forty}`, `AKIAIOSFODNN7EXAMPLE@0.85 ${forty}@0.85`],
    [forty, ''],
    ['AKIAIOSFODNN7EXAMPL', ''],
    ['AKIAIOSFODNN7EXAMPLEX', ''],
    ['xAKIAIOSFODNN7EXAMPLE', ''],
    ['akiaiosfodnn7example', ''],
    ['sk_live_xxxxxxxxxxxxxxxxxxxxxxxx', ''],
    ['ghp_short', ''],
    ['password: changeme123456', ''],
    ['password: ${DB_PASSWORD_FROM_ENV}', ''],
    ['the password is hunter2', ''],
    ['password: aaaaaaaaaaaa', ''],
    ['password: https://once.example/s/Zk3vQ9xLm2Rt', ''],
    ['-----BEGIN PUBLIC KEY-----', ''],
    ['eyJhbGciOiJub25l.only.two', ''],
    ['https://example.com:8080/a@b', ''],
    ['I sk-ied all day', ''],
    ['your secret is safe with me', ''],
  ])('in %j is %j', (text, expected) => {
    expect(told('secret', text)).toBe(expected);
  });

  test('is masked by its provider and no more', () => {
    expect(foundBy('secret', 'AKIAIOSFODNN7EXAMPLE')[0]?.masked).toBe('AKIA…');
  });
});

describe('an address of a crypto currency', () => {
  test.each([
    ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '@0.85'],
    ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', '@0.85'],
    ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', '@0.85'],
    ['bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr', '@0.85'],
    ['BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', '@0.85'],
    ['LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1', '@0.85'],
    ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', '@0.85'],
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', '@0.85'],
    ['0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359', '@0.85'],
    ['0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', '@0.5'],
    ['44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A', '@0.85'],
  ])('is found: %s', (address, confidence) => {
    expect(told('crypto', `send it to ${address}, ok`)).toBe(`${address}${confidence}`);
  });

  test.each([
    ['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb', 'the checksum is wrong'],
    ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdr', 'the checksum is wrong'],
    ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed', 'a capital is wrong'],
    ['0x0000000000000000000000000000000000000000', 'nobody'],
    ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u', 'the checksum is wrong'],
    ['44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3B', 'wrong'],
    ['550e8400e29b41d4a716446655440000', 'a hash'],
    ['da39a3ee5e6b4b0d3255bfef95601890afd80709', 'a hash'],
    ['supercalifragilisticexpialidocious', 'a word'],
    ['1a1zp1ep5qgefi2dmptftl5slmv7divfna', 'its capitals are lost'],
    ['bc1', 'short'],
  ])('is not %s: %s', (text) => {
    expect(told('crypto', `send it to ${text}, ok`)).toBe('');
  });
});

describe('a passport', () => {
  test.each([
    ['L898902C36UTO7408122F1204159ZE184226B<<<<<10', 'L898902C3@0.85'],
    ['passport C01X00T47', 'C01X00T47@0.2'],
    ['passport A1234567', 'A1234567@0.2'],
    ['E12345678', 'E12345678@0.2'],
    ['AB1234567', 'AB1234567@0.2'],
    ['12AB34567', '12AB34567@0.2'],
    ['ABC123456', 'ABC123456@0.1'],
    ['passport no 536904399', '536904399@0.05'],
    ['(A1234567)', 'A1234567@0.2'],
    ['my pass is c01x00t478', 'C01X00T478@0.2'],
    ['L898902C46UTO7408122F1204159ZE184226B<<<<<10', ''],
    ['A12345', ''],
    ['XA1234567890', ''],
    ['5369043991', ''],
    ['536904399.50', ''],
    ['A1234567-2', ''],
    ['#A1234567', ''],
    ['windows', ''],
    ['AB12', ''],
    ['2026-11-23', ''],
  ])('in %j is %j', (text, expected) => {
    expect(told('passport', text)).toBe(expected);
  });
});

describe('a medical number', () => {
  test.each([
    ['npi 1234567893', '1234567893@0.5'],
    ['NPI: 1245319599', '1245319599@0.5'],
    ['nhs 943 476 5919', '9434765919@0.5'],
    ['943-476-5919', ''],
    ['9434765919', '9434765919@0.5'],
    ['401 023 2137', '4010232137@0.5'],
    ['DEA AB1234563', 'AB1234563@0.5'],
    ['F91234563', 'F91234563@0.5'],
    ['KVNR A123456780', 'A123456780@0.5'],
    ['1EG4-TE5-MK73', '1EG4TE5MK73@0.4'],
    ['1eg4te5mk73', '1EG4TE5MK73@0.4'],
    ['1234567890', ''],
    ['3234567893', ''],
    ['943 476 5918', ''],
    ['AB1234564', ''],
    ['A123456781', ''],
    ['1SG4-TE5-MK73', ''],
    ['order no. 9434765919', ''],
    ['+9434765919', ''],
    ['94 34 76 59 19', ''],
    ['1111111111', ''],
    ['fine, thanks', ''],
  ])('in %j is %j', (text, expected) => {
    expect(told('medical', text)).toBe(expected);
  });
});
