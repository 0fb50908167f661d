/** The homeserver, joined to the record, the config and those who hear how it does. */
import type { Config } from '../config/config.ts';
import { epochOfIn, epochsIn } from '../journal/log/epochs.ts';
import { createMatrix, type Matrix, type MatrixOptions } from '../matrix/matrix.ts';
import type { PingResult, Service } from '../matrix/ping.ts';
import type { Captured } from '../matrix/recording.ts';
import type { AppSetting } from './setting.ts';
import { typedAddress } from './typed-address.ts';

/** Who hears of the homeserver from its first ping on. */
export interface Hearing {
  readonly pings: readonly { pinged(service: Service, result: PingResult): void }[];
  readonly captures: { captured(service: Service, events: readonly Captured[]): void };
  /** Who hears what comes and goes; joined once the bridge is there. */
  readonly live: { heard: MatrixOptions['onLive'] };
  /** What else is answered where the archive's transactions come. */
  readonly also: NonNullable<MatrixOptions['archive']>['also'];
}

/** Takes and sends nothing before it is started. */
export async function matrixOf(
  { config, journal, clock, log, metrics }: Pick<AppSetting, 'config' | 'journal' | 'clock' | 'log' | 'metrics'>,
  { pings, captures, live, also }: Hearing,
): Promise<Matrix> {
  return createMatrix({
    ...reachOf(config, also),
    protocols: [...new Set(config.lines.map((line) => line.network))],
    readAddress: typedAddress(config.lines),
    recorder: journal,
    class: config.defaultClass,
    ...{ clock, log, metrics },
    epochOf: epochOfIn(await journal.views.read(epochsIn)),
    onPing: (service, result) => {
      for (const hearer of pings) hearer.pinged(service, result);
    },
    onLive: (events) => {
      live.heard?.(events);
    },
    onCaptured: (service, events) => {
      captures.captured(service, events);
    },
  });
}

/** Where the homeserver is, and where it reaches us. */
function reachOf(
  { homeserver, listen }: Config,
  also: Hearing['also'],
): Pick<MatrixOptions, 'domain' | 'url' | 'bridge' | 'archive' | 'adminToken'> {
  const { domain, url, tokens, adminToken } = homeserver;
  const serviceOf = (service: 'bridge' | 'archive') => ({
    tokens: { as: tokens[service].as.reveal(), hs: tokens[service].hs.reveal() },
    listen: listen[service],
  });
  return {
    ...{ domain, url, bridge: serviceOf('bridge') },
    archive: { ...serviceOf('archive'), ...(also === undefined ? {} : { also }) },
    ...(adminToken === undefined ? {} : { adminToken: adminToken.reveal() }),
  };
}
