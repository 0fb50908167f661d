/** The first config, from what `init` was told. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { ConfigInput } from '../../config/schema.ts';
import { usersOf, type Answers } from './questions.ts';

export const initHead = `Gatehouse. Made by gatehouse init; gatehouse config example shows every section.
A secret is a text, {file: path} or {env: NAME}. Paths are relative to the working directory.
Check it with: gatehouse config check`;

export function configOf(answers: Answers): ConfigInput {
  const domain = answers.domain ?? '';
  return {
    homeserver: {
      domain,
      url: answers.homeserverUrl ?? '',
      reachUsAt: { bridge: answers.bridgeUrl ?? '', archive: answers.archiveUrl ?? '' },
    },
    data: { dir: './data' },
    keys: { masterKeyFile: 'secrets/master.key' },
    listen: {
      bridge: listenAt(answers.bridgeUrl, 9701),
      archive: listenAt(answers.archiveUrl, 9702),
      webhooks: '127.0.0.1:9703',
      admin: '127.0.0.1:9704',
    },
    ...firstLine(answers, domain),
    desks: desk(answers, domain),
  };
}

/** Loopback when Synapse is on this machine, else every address. */
function listenAt(url: string | undefined, usual: number): string {
  const where = URL.canParse(url ?? '') ? new URL(url ?? '') : undefined;
  const here = where !== undefined && /^(127\.|localhost$|\[::1\]$)/u.test(where.hostname);
  const port = where === undefined || where.port === '' ? usual : Number(where.port);
  return `${here ? '127.0.0.1' : '0.0.0.0'}:${String(port)}`;
}

type FirstLine = Pick<ConfigInput, 'groups' | 'connectors' | 'lines'>;

function firstLine(answers: Answers, domain: string): FirstLine {
  const number = parsePhoneNumberFromString(answers.lineNumber ?? '')?.number;
  if (number === undefined) return { groups: {}, connectors: [], lines: [] };
  return {
    groups: { staff: [...usersOf(answers.staff ?? '', domain)] },
    connectors: [
      {
        id: 'carrier',
        type: 'smpp',
        host: answers.smppHost ?? '',
        port: Number(answers.smppPort),
        systemId: answers.smppSystemId ?? '',
        password: { file: 'secrets/smpp' },
      },
    ],
    lines: [{ id: 'main', name: answers.lineName ?? '', connector: 'carrier', address: number, staff: ['staff'] }],
  };
}

/** What lets records go, or out of the house; where there are two to decide. */
const BY_TWO = ['hold-release', 'erase', 'export'] as const;

function desk(answers: Answers, domain: string): ConfigInput['desks'] {
  const officers = usersOf(answers.officers ?? '', domain);
  if (officers.length === 0) return [];
  const fourEyes = officers.length < 2 ? {} : { fourEyes: [...BY_TWO] };
  const timezone = answers.timezone ?? 'UTC';
  return [{ id: 'main', room: `#compliance:${domain}`, timezone, officers: [...officers], ...fourEyes }];
}
