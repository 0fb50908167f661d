/** What the carrier wants differently for some of the numbers: a route per beginning, the longest one decides. */
import type { Address } from '../../core/ids.ts';
import type { AddressPlan } from './addresses.ts';
import type { RouteConfig, SmppConfig } from './config.ts';
import type { IdForm } from './message-ids.ts';
import type { DefaultAlphabet } from './text/decode-text.ts';

export interface Route extends AddressPlan {
  readonly serviceType: string;
  readonly dataCoding0: DefaultAlphabet;
  readonly ids: IdForm;
}

export class Routes {
  readonly #byLength: readonly RouteConfig[];
  readonly #standard: Route;

  constructor(config: SmppConfig) {
    const { international, shortCode, alphanumeric, serviceType, dataCoding0, ids } = config;
    this.#standard = { international, shortCode, alphanumeric, serviceType, dataCoding0, ids };
    this.#byLength = config.routes.toSorted((a, b) => b.prefix.length - a.prefix.length);
  }

  /** To that customer, and from there. */
  of(customer: Address): Route {
    const route = this.#byLength.find(({ prefix }) => customer.startsWith(prefix));
    if (route === undefined) return this.#standard;
    const { international, shortCode, alphanumeric, serviceType, dataCoding0, ids } = route;
    return {
      international: international ?? this.#standard.international,
      shortCode: shortCode ?? this.#standard.shortCode,
      alphanumeric: alphanumeric ?? this.#standard.alphanumeric,
      serviceType: serviceType ?? this.#standard.serviceType,
      dataCoding0: dataCoding0 ?? this.#standard.dataCoding0,
      ids: ids ?? this.#standard.ids,
    };
  }
}
