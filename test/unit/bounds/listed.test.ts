import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const doc = readFileSync('docs/bounds.md', 'utf8');
const rows = doc
  .split('\n')
  .filter((line) => line.startsWith('|') && line.includes(' src/'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', where = '', limit = '', , reached = '']) => ({
    ...{ what, where, reached },
    limit: limit.replaceAll('`', ''),
  }));

/** A field of a class that collects things. */
const COLLECTS = /#\w+(?:: [^=\n]+)? = (?:new (?:Map|Set|BoundedMap|Recent)\b|\[\])/u;
/** The document speaks of these folders as a whole. */
const BY_FOLDER = /^src\/(?:(?:bridge|matrix)\/[^/]+|policy\/(?:detectors|engine|matching|normalise|text))\//u;
const ROOMS = 'src/{app,bot,bridge,core,http,journal,matrix,networks,policy,retention,storage,tasks,telemetry}';

describe('docs/bounds.md', () => {
  test.each(rows)('$what: $limit', ({ where, limit, reached }) => {
    expect(readFileSync(where, 'utf8')).toContain(limit);
    expect(reached === '' || existsSync(reached)).toBe(true);
  });

  test('names every file in which a class collects things, or its folder', () => {
    const files = globSync(`${ROOMS}/**/*.ts`)
      .filter((file) => COLLECTS.test(readFileSync(file, 'utf8')))
      .filter((file) => !BY_FOLDER.test(file));
    expect(files.length).toBeGreaterThan(30);
    const missing = files.filter((file) => !doc.includes(file));
    expect(missing).toEqual([]);
  });
});
