/** Who is on the simulated Signal. */

export interface SimPerson {
  readonly uuid: string;
  readonly number: string;
  readonly name: string;
  /** Does not let others see the number: then messages come under the uuid alone. */
  hidesNumber?: boolean;
  registered?: boolean;
  /** The safety number changed and nobody has trusted the new one. */
  untrusted?: boolean;
}

export interface SimGroup {
  readonly id: string;
  name: string;
  revision: number;
  members: readonly SimPerson[];
}

export class People {
  readonly #people: SimPerson[] = [];
  readonly groups: SimGroup[] = [];

  add(person: SimPerson): SimPerson {
    this.#people.push(person);
    return person;
  }

  /** By number or uuid. */
  find(name: string): SimPerson | undefined {
    return this.#people.find(({ number, uuid }) => number === name || uuid === name);
  }

  group(id: string): SimGroup | undefined {
    return this.groups.find((one) => one.id === id);
  }
}

/** A stable uuid for the n-th person. */
export function uuidOf(n: number): string {
  return `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111`;
}
