/** A child process that puts files on record for ever and says on stdout of which events, until it is killed. */
import { must, parseClassId } from '../../../src/core/ids.ts';
import { fileUri, openFilesHouse, pictureOfSize } from '../../integration/files/house.ts';

const [dir = '.', key = ''] = process.argv.slice(2);
const at = {
  dir,
  place: {
    database: { dialect: 'sqlite', file: `${dir}/gatehouse.db` },
    keysDatabase: { dialect: 'sqlite', file: `${dir}/keys.db` },
    masterKey: new Uint8Array(Buffer.from(key, 'hex')),
    defaultClass: must(parseClassId('test-class')),
  },
  remove: () => Promise.resolve(),
} as const;
const house = await openFilesHouse({ at, files: new Map([[fileUri, pictureOfSize(150_000)]]) });

async function keepForEver(name: string): Promise<never> {
  for (let n = 0; ; n += 1) {
    const of = await house.see({ msgtype: 'm.image', body: 'x', url: fileUri }, { id: `$${name}${n}` });
    process.stdout.write(`${of}\n`);
  }
}
await Promise.all(['x', 'y', 'z'].map((name) => keepForEver(`${name}${process.pid}-`)));
