/** Places: geo URIs (RFC 5870) and XEP-0080. */
import type { GeoPlace } from '../../../core/network-entries.ts';
import { ns } from '../namespaces.ts';
import { childOf, textOf, type XmlElement } from '../xml/element.ts';

const geoUri = /^geo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:,-?\d+(?:\.\d+)?)?((?:;[^\s;]*)*)$/iu;

/** A text that is a geo URI and nothing else. */
export function placeOfText(text: string): GeoPlace | undefined {
  const found = geoUri.exec(text.trim());
  if (found === null) return undefined;
  const [, latitude, longitude, parameters = ''] = found;
  const accuracy = /;u=(\d{1,9}(?:\.\d{1,9})?)/iu.exec(parameters)?.[1];
  return place(latitude, longitude, { accuracy });
}

export function placeOfStanza(stanza: XmlElement): GeoPlace | undefined {
  const geoloc = childOf(stanza, ns.geoloc, 'geoloc');
  if (geoloc === undefined) return undefined;
  const say = (name: string): string => textOf(childOf(geoloc, ns.geoloc, name)).trim();
  const name = say('text') === '' ? say('description') : say('text');
  return place(say('lat'), say('lon'), { accuracy: say('accuracy'), name });
}

export function geoUriOf({ latitude, longitude, accuracy }: GeoPlace): string {
  const uncertain = accuracy === undefined ? '' : `;u=${String(Math.round(accuracy))}`;
  return `geo:${decimal(latitude)},${decimal(longitude)}${uncertain}`;
}

/** RFC 5870 knows no exponents. Seven places are a centimetre. */
function decimal(degrees: number): string {
  return degrees.toFixed(7).replace(/\.?0+$/u, '');
}

function place(
  latitude: string | undefined,
  longitude: string | undefined,
  given: { readonly accuracy?: string | undefined; readonly name?: string | undefined },
): GeoPlace | undefined {
  const at = { latitude: numberOf(latitude), longitude: numberOf(longitude) };
  if (at.latitude === undefined || at.longitude === undefined) return undefined;
  if (Math.abs(at.latitude) > 90 || Math.abs(at.longitude) > 180) return undefined;
  const accuracy = numberOf(given.accuracy);
  const { name = '' } = given;
  return {
    latitude: at.latitude,
    longitude: at.longitude,
    ...(accuracy === undefined || accuracy < 0 ? {} : { accuracy }),
    ...(name === '' ? {} : { name }),
  };
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,9}(?:\.\d{1,20})?$/u.test(text) ? Number(text) : undefined;
}
