/** A place that staff send (Matrix spec, `m.location`; RFC 5870). */
import type { JsonObject } from '../../core/json.ts';
import type { GeoPlace } from '../../core/network-entries.ts';

const GEO = /^geo:(-?\d{1,2}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)(?:,[^;]*)?(?:;u=(\d{1,9}(?:\.\d+)?))?/u;
const LONGEST_NAME = 200;

/** Undefined where there is none on earth. */
export function placeIn({ geo_uri: uri, body }: JsonObject): GeoPlace | undefined {
  const found = typeof uri === 'string' ? GEO.exec(uri) : null;
  if (found === null) return undefined;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  const accuracy = found[3] === undefined ? {} : { accuracy: Number(found[3]) };
  const said = typeof body === 'string' ? body.replace(/geo:\S+/gu, '').trim() : '';
  return { latitude, longitude, ...accuracy, ...(said === '' ? {} : { name: said.slice(0, LONGEST_NAME) }) };
}

/** For networks that carry words only. */
export function placeWords({ latitude, longitude, name }: GeoPlace): string {
  const at = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`;
  return name === undefined ? at : `${name}\n${at}`;
}
