/** Places and people's cards that a message carries. */
import { z } from 'zod';
import type { GeoPlace, SharedContact } from '../../core/network-entries.ts';
import type { Message } from './shapes.ts';

const locationShape = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  horizontal_accuracy: z.number().nonnegative().optional(),
  live_period: z.number().optional(),
});
const venueShape = z.object({ location: locationShape, title: z.string(), address: z.string() });
const contactShape = z.object({
  phone_number: z.string(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  vcard: z.string().optional(),
});

/** Undefined where the message has none, or none that can be read. */
export function placeOn(message: Message): GeoPlace | undefined {
  const venue = venueShape.safeParse(message['venue']).data;
  if (venue !== undefined) return { ...point(venue.location), name: venue.title, address: venue.address };
  const location = locationShape.safeParse(message['location']).data;
  return location === undefined ? undefined : point(location);
}

function point(location: z.output<typeof locationShape>): GeoPlace {
  const { latitude, longitude, horizontal_accuracy: accuracy, live_period: live } = location;
  return {
    latitude,
    longitude,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(live === undefined ? {} : { live: true }),
  };
}

/** As `placeOn`. */
export function contactOn(message: Message): SharedContact | undefined {
  const contact = contactShape.safeParse(message['contact']).data;
  if (contact === undefined) return undefined;
  const { phone_number: phone, first_name: first = '', last_name: last = '', vcard = '' } = contact;
  const name = `${first} ${last}`.trim();
  const emails = valuesIn(vcard, 'EMAIL');
  const [organisation] = valuesIn(vcard, 'ORG');
  return {
    name: name === '' ? phone : name,
    phones: [phone],
    ...(emails.length === 0 ? {} : { emails }),
    ...(organisation === undefined ? {} : { organisation }),
  };
}

/** Of a vCard (RFC 6350): `EMAIL;TYPE=work:ann@example.org`. */
function valuesIn(vcard: string, property: string): readonly string[] {
  return vcard
    .split(/\r?\n/u)
    .filter((line) => line.toUpperCase().startsWith(`${property}:`) || line.toUpperCase().startsWith(`${property};`))
    .map((line) => line.slice(line.indexOf(':') + 1).trim())
    .filter((value) => value !== '');
}
