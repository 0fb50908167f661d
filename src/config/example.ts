/** The example config: one company with one number, one inbox and one desk. What it says of each key, the schema says. */
import type { ConfigInput } from './schema.ts';

export const exampleConfig: ConfigInput = {
  homeserver: {
    domain: 'acme.example',
    url: 'http://127.0.0.1:8008',
    adminToken: { file: 'secrets/admin-token' },
    reachUsAt: { bridge: 'http://127.0.0.1:9701', archive: 'http://127.0.0.1:9702' },
  },
  data: { dir: './data' },
  keys: { masterKeyFile: 'secrets/master.key' },
  listen: { bridge: '127.0.0.1:9701', archive: '127.0.0.1:9702', webhooks: '127.0.0.1:9703', admin: '127.0.0.1:9704' },
  publicUrl: 'https://gatehouse.acme.example',
  groups: {
    sales: ['@alice:acme.example', '@bob:acme.example'],
    support: { room: '#support:acme.example' },
  },
  connectors: [
    {
      id: 'carrier',
      type: 'smpp',
      host: 'smsc.example',
      port: 2775,
      systemId: 'acme',
      password: { file: 'secrets/smpp' },
      window: 10,
      perSecond: 20,
    },
  ],
  lines: [
    {
      id: 'sales',
      name: 'Sales',
      connector: 'carrier',
      address: '+12025550100',
      staff: ['sales'],
      supervisors: ['@meg:acme.example'],
      routing: 'shared',
      hours: { timezone: 'America/New_York', open: 'Mon-Fri 09:00-17:30' },
      autoReply: { closed: 'We are back at 9.', busy: "We'll answer soon.", dnd: "We'll answer soon." },
      answerWithin: '30m',
      notice: { firstContact: 'Messages to this number are recorded.' },
      consent: { scope: 'company', proactive: 'require' },
      class: 'us-finra-6y',
      undo: '5s',
      tells: { read: true, typing: true, presence: false },
      templates: { hours: 'We are open from {{1}} to {{2}}.' },
    },
  ],
  desks: [
    {
      id: 'main',
      room: '#compliance:acme.example',
      timezone: 'America/New_York',
      scope: 'all',
      officers: ['@olivia:acme.example', '@omar:acme.example'],
      reviewers: [],
      auditors: [],
      supervises: ['sales'],
      fourEyes: ['export', 'hold-release', 'rule-change', 'erase', 'retention-arm'],
    },
  ],
  archive: { rooms: 'all', except: [], federated: 'all', outside: [], staffNotice: true },
  policy: {
    rules: 'config/policy/*.yaml',
    lexicons: 'config/lexicons/*.txt',
    presend: { enabled: false, failOpen: true },
    quarantine: { expires: '4h' },
    tags: { deals: ['!deals:acme.example'] },
  },
  retention: { default: 'us-finra-6y', classes: {}, assign: [], schedule: '17 3 * * *', homeserver: { purge: false } },
  anchors: [],
  feeds: [],
  media: { scan: 'none' },
  backup: { keys: { keepFor: '30d' } },
};

/** What stands on top of the example file. */
export const exampleHead = `Gatehouse: an example config with every section. Copy it to config/gatehouse.yaml, or let gatehouse init write one.
A secret is a text, {file: path} or {env: NAME}. Paths are relative to the working directory.
Check it with: gatehouse config check`;
