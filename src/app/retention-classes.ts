/** The classes in force, joined to the config and to who knows who is in which group. */
import type { DeskClasses } from '../bot/compliance/desk-context.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';
import type { Config } from '../config/config.ts';
import { retentionPresets } from '../config/retention-presets.ts';
import { must, parseClassId } from '../core/ids.ts';
import type { GroupDirectory } from '../core/line.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { KeptClass } from '../core/retention-entries.ts';
import type { Job } from '../jobs/jobs.ts';
import { retentionGroups } from '../jobs/retention-groups.ts';
import { ClassesInForce } from '../retention/classes/classes-in-force.ts';
import type { ClassSettings } from '../retention/classes/wanted.ts';
import type { AppSetting } from './setting.ts';

/** A desk that names this act wants two officers for what keeps records shorter. */
const RULE_CHANGE = 'rule-change';

export class Classes {
  readonly inForce: ClassesInForce;
  readonly jobs: readonly Job[] = [retentionGroups(() => this.inForce.settle())];
  readonly #setting: Pick<AppSetting, 'log'>;
  /** At the start nobody is asked who is in a room: who was known last is. */
  #asks = false;

  constructor(
    setting: Pick<AppSetting, 'config' | 'journal' | 'clock' | 'log'>,
    joined: { readonly directory: GroupDirectory; readonly warnings: Warnings },
  ) {
    const { config, journal, clock, log } = setting;
    const { directory, warnings } = joined;
    this.#setting = setting;
    this.inForce = new ClassesInForce({
      ...{ journal, clock, log, warnings, settings: classSettings(config) },
      names: {
        tags: config.policy.tags,
        membersOf: async (name) => {
          const group = config.groups.get(name);
          if (group?.kind === 'list') return group.users;
          return this.#asks ? directory.membersOf(name) : undefined;
        },
      },
      fourEyes: config.desks.some(({ fourEyes }) => fourEyes.includes(RULE_CHANGE)),
    });
  }

  /** Before anything is recorded by them. */
  async start(): Promise<void> {
    await this.inForce.settle();
  }

  /** Returns at once: the groups that are rooms, as they are now. */
  readGroups(): void {
    this.#asks = true;
    this.inForce.settle().catch((error: unknown) => {
      this.#setting.log.error('retention.classes-unread', {}, error);
    });
  }
}

/** What desks read and change of them. */
export function deskClasses(
  inForce: Pick<ClassesInForce, 'table' | 'set'>,
  { config, homeserver }: { readonly config: Config; readonly homeserver: Pick<Homeserver, 'resolveAlias'> },
): DeskClasses {
  const { lines, policy, groups } = config;
  return {
    table: () => inForce.table(),
    set: (wish) => inForce.set(wish),
    names: { lines: lines.map(({ id }) => id), tags: Object.keys(policy.tags), groups: [...groups.keys()] },
    resolveAlias: async (alias) => {
      const room = await homeserver.resolveAlias(alias);
      return room.ok ? room.value : undefined;
    },
  };
}

export function classSettings({
  retention,
  lines,
  defaultClass,
}: Pick<Config, 'retention' | 'lines' | 'defaultClass'>): ClassSettings {
  return {
    classes: [...retentionPresets, ...ownClasses(retention.classes)],
    default: defaultClass,
    lines,
    assign: retention.assign,
  };
}

function ownClasses(given: Config['retention']['classes']): readonly KeptClass[] {
  return Object.entries(given)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { keep, erase, authority, own }]) => ({
      id: must(parseClassId(id)),
      keep,
      ...(erase === undefined ? {} : { erase }),
      authority: authority ?? `the company itself (retention.classes.${id})`,
      ...(own === true ? { own: true as const } : {}),
    }));
}
