import { describe, expect, test } from '@jest/globals';
import { inactiveIn } from '../../../src/config/inactive.ts';
import { configJsonSchema } from '../../../src/config/json-schema.ts';
import { redact } from '../../../src/config/redact.ts';
import { exampleConfig, exampleHead } from '../../../src/config/example.ts';
import { renderConfig } from '../../../src/config/render.ts';

/** Every setting that the design or an issue speaks of, as a path; `[]` is an item of a list, `*` any key. */
const spokenOf = [
  'homeserver.domain',
  'homeserver.url',
  'homeserver.adminToken',
  'homeserver.reachUsAt.bridge',
  'homeserver.reachUsAt.archive',
  'homeserver.tokens.bridge.as',
  'homeserver.tokens.archive.hs',
  'data.dir',
  'database.url',
  'database.keysUrl',
  'keys.masterKeyFile',
  'keys.masterKeyEnv',
  'keys.masterKeyCredential',
  'listen.bridge',
  'listen.archive',
  'listen.webhooks',
  'listen.admin',
  'publicUrl',
  'groups.*',
  'connectors[].id',
  'connectors[].type',
  'connectors[].package',
  'lines[].id',
  'lines[].name',
  'lines[].connector',
  'lines[].address',
  'lines[].staff',
  'lines[].supervisors',
  'lines[].routing',
  'lines[].hours.timezone',
  'lines[].hours.open',
  'lines[].autoReply.closed',
  'lines[].autoReply.busy',
  'lines[].autoReply.dnd',
  'lines[].answerWithin',
  'lines[].notice.firstContact',
  'lines[].consent.scope',
  'lines[].consent.proactive',
  'lines[].class',
  'lines[].onUnknown',
  'lines[].undo',
  'lines[].templates',
  'desks[].id',
  'desks[].room',
  'desks[].timezone',
  'desks[].scope',
  'desks[].officers',
  'desks[].reviewers',
  'desks[].auditors',
  'desks[].supervises',
  'desks[].fourEyes',
  'archive.rooms',
  'archive.except',
  'archive.federated',
  'archive.outside',
  'archive.staffNotice',
  'archive.walkBack',
  'policy.rules',
  'policy.lexicons',
  'policy.presend.enabled',
  'policy.presend.failOpen',
  'policy.presend.shadow',
  'policy.presend.secret',
  'policy.quarantine.expires',
  'policy.barriers',
  'retention.default',
  'retention.classes.*',
  'retention.assign',
  'retention.assign[].class',
  'retention.assign[].verdict',
  'retention.schedule',
  'retention.homeserver.purge',
  'anchors[]',
  'feeds[].id',
  'feeds[].query',
  'feeds[].format',
  'feeds[].every',
  'feeds[].to',
  'media.scan',
  'media.maxSize',
  'backup.keys.keepFor',
];

type Schema = ReturnType<typeof configJsonSchema>;

/** The schema of what `path` names; undefined when the config has no such setting. */
function settingAt(path: string): unknown {
  let schema: unknown = configJsonSchema();
  for (const step of path.split(/\.|(?=\[\])/u)) {
    if (!isSchema(schema)) return undefined;
    if (step === '[]') schema = schema.items;
    else schema = step === '*' ? schema.additionalProperties : schema.properties?.[step];
  }
  return schema;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}

describe('the config', () => {
  test.each(spokenOf)('has the setting %s', (path) => {
    expect(settingAt(path)).toBeDefined();
  });

  test('has no section that the example doesn’t show, but for PostgreSQL', () => {
    const sections = Object.keys(configJsonSchema().properties ?? {});
    expect(sections.filter((name) => !(name in exampleConfig))).toEqual(['database']);
  });

  test('is explained key by key in the example', () => {
    const text = renderConfig(exampleConfig, exampleHead);
    expect(text).toContain('# where Gatehouse reaches Synapse');
    expect(text).toContain('# The Matrix homeserver that Gatehouse belongs to.\nhomeserver:');
    expect(text.split('\n').every((line) => line.length <= 130)).toBe(true);
  });
});

describe('settings of parts that are not built', () => {
  test('are named by their path, in a config that uses them', () => {
    const written = redact({
      lines: [
        { routing: 'claim', hours: {} },
        { routing: 'shared', undo: '5s' },
      ],
      desks: [
        { scope: 'all', fourEyes: ['export'], supervises: [] },
        { scope: { lines: ['sales'] }, fourEyes: ['rule-change'] },
      ],
      groups: { sales: ['@a:b'], hr: { directory: 'ou=hr' } },
      policy: { rules: 'x' },
      anchors: [],
      media: { scan: 'none' },
      retention: { classes: {}, homeserver: { purge: true } },
    });
    expect(inactiveIn(written)).toEqual([
      'groups.hr.directory',
      'lines[0].routing',
      'lines[0].hours',
      'desks[1].scope',
    ]);
  });

  test('are silent in a config that doesn’t use them', () => {
    expect(
      inactiveIn(redact({ lines: [{ routing: 'shared' }], anchors: [], feeds: [], archive: { rooms: 'all' } })),
    ).toEqual([]);
  });
});
