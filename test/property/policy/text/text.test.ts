/** Whatever a file holds, reading it ends, within its limits, with a text or with why not; and ends no thread. */
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import type { FileText } from '../../../../src/policy/scan.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import { ScannerClient } from '../../../../src/policy/thread/scanner-client.ts';
import { lines, madePdf } from '../../../support/made-pdf.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';

const MOST_OF_PART = 64 * 1024;
const MOST = 2 * 1024 * 1024;
const types = [
  ...['application/pdf', 'application/zip', 'application/x-cfb', 'application/octet-stream', 'application/xml'],
  ...['text/plain', 'text/html', 'image/png', 'application/x-rar-compressed'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const;
const type = fc.constantFrom(...types);
const xml = strToU8('<w:document><w:p><w:r><w:t>4111 1111</w:t></w:r></w:p></w:document>');
const sound = [
  madePdf({ pages: [lines('4111 1111', '1111 1111'), lines('two')], flate: true }),
  madePdf({ pages: [lines('4111 1111')] }),
  zipSync({ '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': xml, 'word/header1.xml': xml }),
] as const;
const magic = fc.constantFrom(
  '%PDF-1.7\n',
  'PK\x03\x04',
  'PK\x05\x06',
  '\xd0\xcf\x11\xe0',
  '<?xml version="1.0"?>',
  '',
);

const log = new KeptLog();
/** As the house reads them: a promise that a reader leaves behind, rejected, ends what it runs in. */
const scanning = new ScannerClient({
  ...{ url: new URL('../../../../src/scanner.ts', import.meta.url), key: new Uint8Array(32), clock: systemClock },
  ...{ log, metrics: new KeptMetrics() },
});
afterAll(() => scanning[Symbol.asyncDispose]());

async function expectRead(of: string, bytes: Uint8Array): Promise<void> {
  const text = await scanning.textOf({ type: of, bytes });
  expect(log.lines).toEqual([]);
  expect(text).not.toMatchObject({ why: 'engine' });
  expectKept(text);
}

function expectKept(text: FileText): void {
  if (!text.ok) return;
  expect(text.texts.every((part) => part.length > 0 && part.length <= MOST_OF_PART)).toBe(true);
  expect(text.texts.reduce((sum, part) => sum + part.length, 0)).toBeLessThanOrEqual(MOST);
}

describe('Reading a file', () => {
  test('ends with a text or a reason, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(type, magic, fc.uint8Array({ maxLength: 2_000 }), async (of, begins, rest) => {
        const bytes = Buffer.concat([Buffer.from(begins, 'latin1'), rest]);
        await expectRead(of, bytes);
      }),
      { numRuns: 300 },
    );
  });

  test('ends where a sound file was changed, cut or doubled anywhere', async () => {
    const change = fc.record({ at: fc.nat(5_000), by: fc.uint8Array({ minLength: 1, maxLength: 8 }) });
    const changed = fc.record({
      ...{ file: fc.constantFrom(...sound), changes: fc.array(change, { maxLength: 8 }) },
      ...{ length: fc.nat(5_000), isTwice: fc.boolean() },
    });
    await fc.assert(
      fc.asyncProperty(type, changed, async (of, { file, changes, length, isTwice }) => {
        const bytes = Buffer.concat(isTwice ? [file, file] : [file]);
        for (const { at, by } of changes) {
          const from = at % bytes.length;
          bytes.set(by.subarray(0, bytes.length - from), from);
        }
        await expectRead(of, bytes.subarray(0, length));
      }),
      { numRuns: 300 },
    );
  });

  test('goes on behind a PDF whose reader leaves a failure behind for nobody', async () => {
    const [first, second] = ['>> >> /Contents 5', '6 0 obj'].map((part) => sound[0].indexOf(part));
    const broken = Buffer.from(sound[0]);
    broken.write('M', (first ?? 0) + 1);
    broken.write('\x1b', (second ?? 0) + 2);
    for (let time = 0; time < 3; time += 1) {
      expect(await scanning.textOf({ type: 'application/pdf', bytes: broken })).toEqual({ ok: false, why: 'damaged' });
      await expectRead('application/pdf', sound[0]);
    }
  });
});
