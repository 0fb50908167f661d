/** Our scanning against Debian's clamd: what it stops, what it lets by, and what it refuses. */
import assert from 'node:assert/strict';
import { systemClock } from '../../src/core/clock.ts';
import type { Scanned, ScannedFile } from '../../src/core/ports/scanner.ts';
import { scannerOf } from '../../src/scan/scanner.ts';
import { openBridgedFiles, sha256 } from '../integration/files/bridged-house.ts';
import { EICAR, MARKED, startClamd } from '../support/clamd.ts';
import type { CheckList } from './check-list.ts';

function file(content: string | Buffer): ScannedFile {
  const bytes = Buffer.from(content);
  return {
    ...{ name: 'a.bin', type: 'application/octet-stream', size: bytes.length },
    open: async function* () {
      for (let at = 0; at < bytes.length; at += 65_536) {
        await Promise.resolve();
        yield bytes.subarray(at, at + 65_536);
      }
    },
  };
}

export async function againstClamd(list: CheckList): Promise<void> {
  await using clamd = await startClamd();
  const scanner = scannerOf({ clamd: { path: clamd.path } }, systemClock);
  assert.ok(scanner !== undefined);
  const scan = (of: ScannedFile): Promise<Scanned> => scanner.scan(of, new AbortController().signal);

  await list.check('clamd stops its own test file', async () => {
    assert.deepEqual(await scan(file(EICAR)), { result: 'found', detail: 'Eicar-Test-Signature.UNOFFICIAL' });
  });
  await list.check('clamd lets a letter and an empty file by', async () => {
    assert.deepEqual(await scan(file('a letter')), { result: 'clean' });
    assert.deepEqual(await scan(file('')), { result: 'clean' });
  });
  await list.check('clamd reads a file of several megabytes to its end', async () => {
    const large = Buffer.concat([Buffer.alloc(4 * 1024 * 1024, 'x'), Buffer.from(MARKED)]);
    assert.deepEqual(await scan(file(large)), { result: 'found', detail: 'Gatehouse.Test.Marked.UNOFFICIAL' });
  });
  await list.check('clamd refuses what is too large for it, and it is not asked again', async () => {
    const answer = await scan(file(Buffer.alloc(clamd.tooLarge, 'x')));
    assert.deepEqual(answer, { result: 'failed', detail: 'larger than clamd takes', again: false });
  });
  await list.check("a customer's test file is on record, and no client ever sees it", async () => {
    await using house = await openBridgedFiles({ scanner });
    house.network.files.set('e', Buffer.from(EICAR));
    await house.bring([{ kind: 'file', ref: 'e', name: 'eicar.com' }], 'look at this');
    await house.pass(1_000);
    const [stored] = await house.entries('file.stored');
    assert.equal(stored?.body.sha256, sha256(Buffer.from(EICAR)));
    assert.deepEqual(stored.body.scan, { by: 'clamd', result: 'found', detail: 'Eicar-Test-Signature.UNOFFICIAL' });
    const shown = house.shown().map(({ content }) => [content['msgtype'], content['body']]);
    assert.deepEqual(shown, [
      ['m.text', 'look at this'],
      ['m.notice', '🛑 A file was stopped: eicar.com (Eicar-Test-Signature.UNOFFICIAL). Compliance was told.'],
    ]);
  });
}
