/** The arrows of DESIGN 4: which room may know which, and which room may import which package. */
const features = 'bridge|policy|retention|review|export|feeds';
const outer = 'bot|http|jobs|cli|demo';

function only(name, room, packages) {
  return {
    name,
    severity: 'error',
    comment: `only ${room} imports ${packages}`,
    from: { path: '^src/', pathNot: room },
    to: { path: `node_modules/(${packages})/` },
  };
}

module.exports = {
  forbidden: [
    { name: 'core-is-pure', severity: 'error', from: { path: '^src/core/' }, to: { pathNot: '^src/core/' } },
    {
      name: 'telemetry-knows-core',
      severity: 'error',
      from: { path: '^src/telemetry/' },
      to: { path: '^src/', pathNot: '^src/(core|telemetry)/' },
    },
    {
      name: 'config-knows-core',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/', pathNot: '^src/(core|config)/' },
    },
    {
      name: 'storage-knows-core',
      severity: 'error',
      from: { path: '^src/storage/' },
      to: { path: '^src/', pathNot: '^src/(core|storage|config|telemetry)/' },
    },
    {
      name: 'journal-knows-storage',
      severity: 'error',
      from: { path: '^src/(journal|tasks)/' },
      to: { path: '^src/', pathNot: '^src/(core|storage|journal|tasks|config|telemetry)/' },
    },
    {
      name: 'networks-are-islands',
      severity: 'error',
      from: { path: '^src/networks/' },
      to: { path: '^src/', pathNot: '^src/(core|networks|config|telemetry)/' },
    },
    {
      name: 'connectors-are-strangers',
      severity: 'error',
      comment: 'text/, socket/ and the files beside the folders are shared by all connectors',
      from: { path: '^src/networks/(?!text|socket)([^/]+)/' },
      to: { path: '^src/networks/(?!text|socket)([^/]+)/', pathNot: '^src/networks/$1/' },
    },
    {
      name: 'matrix-is-an-island',
      severity: 'error',
      from: { path: '^src/matrix/' },
      to: { path: '^src/', pathNot: '^src/(core|matrix|config|telemetry)/' },
    },
    {
      name: 'features-meet-through-entries',
      severity: 'error',
      from: { path: `^src/(${features})/` },
      to: { path: '^src/', pathNot: '^src/($1|core|storage|journal|tasks|config|telemetry)/' },
    },
    {
      name: 'outer-rooms-do-not-compose',
      severity: 'error',
      from: { path: `^src/(${outer})/` },
      to: { path: '^src/(app|writer|scanner|main)\\.ts$' },
    },
    only('patterns-in-one-place', '^src/policy/matching/', 're2js'),
    only('files-are-opened-in-one-place', '^src/policy/text/', 'unpdf|fflate'),
    only('sqlite-and-pg-only-in-storage', '^src/storage/', 'better-sqlite3|pg'),
    only(
      'matrix-sdks-only-in-matrix',
      '^src/matrix/',
      'matrix-appservice-bridge|@vector-im/matrix-bot-sdk|matrix-appservice',
    ),
    only('outside-is-asked-in-one-place', '^src/networks/fetch/', 'undici|ipaddr\\.js'),
    only('express-only-at-the-listeners', '^src/(http/|matrix/front\\.ts)', 'express|helmet'),
    only('cron-only-in-jobs', '^src/jobs/', 'node-cron'),
    only('logs-and-metrics-only-in-telemetry', '^src/telemetry/', 'winston|prom-client'),
    { name: 'no-circular', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(main|writer|scanner)\\.ts$' },
      to: {},
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
