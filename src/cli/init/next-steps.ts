/** What is left for the admin to do, in the order in which it is done. */
import { resolve } from 'node:path';
import { ARCHIVE_FILE, BRIDGE_FILE } from '../registration-files.ts';

/** The exact lines for homeserver.yaml. */
export function homeserverLines(cwd: string): readonly string[] {
  return [
    'Add to homeserver.yaml, then restart Synapse (its user must be able to read both files):',
    '',
    '  app_service_config_files:',
    `    - ${resolve(cwd, BRIDGE_FILE)}`,
    `    - ${resolve(cwd, ARCHIVE_FILE)}`,
    '',
    '  # Chats with customers are not encrypted: Gatehouse carries their words on. Synapse must not turn it on by itself.',
    '  encryption_enabled_by_default_for_room_type: "off"',
  ];
}

/** How to get an admin token, and what is off without one. */
export function adminTokenLines(url: string): readonly string[] {
  return [
    'Give Gatehouse the access token of a server admin (a user made for this alone):',
    '',
    '  with password login:',
    `    curl -s ${url}/_matrix/client/v3/login -d '{"type":"m.login.password",`,
    `      "identifier":{"type":"m.id.user","user":"ADMIN"},"password":"PASSWORD"}'`,
    '    and copy access_token',
    '  with the Matrix Authentication Service:',
    '    mas-cli manage issue-compatibility-token ADMIN --yes-i-want-to-grant-synapse-admin-privileges',
    '',
    '  Write it to secrets/admin-token, run chmod 600 secrets/admin-token, and add under homeserver in the config:',
    '    adminToken: { file: secrets/admin-token }',
    '',
    '  Without it messages flow and are recorded, but what Synapse fails to deliver to us is not fetched afterwards,',
    '  and nothing that expires is deleted in Synapse.',
  ];
}

/** Printed once, when the key was made: nothing keeps a copy. */
export function recoveryLines(sheet: readonly string[]): readonly string[] {
  return [
    'RECOVERY SHEET: copy it to paper now, and keep it apart from this machine and its backups.',
    'Without the master key nobody can read the record. This is shown only once.',
    '',
    ...sheet.map((line, i) => `    ${String(i + 1)}:  ${line}`),
    '',
    'To put the key back: gatehouse init --recover',
  ];
}
