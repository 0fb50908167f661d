/** The policy's look into files, joined to the folder that they lie in. */
import { isOurUser } from '../bridge/people/our-users.ts';
import { filesOnRecord } from '../bridge/files/file-store.ts';
import { saidInFile, type FileEntry } from '../policy/judging/file-text.ts';
import type { FilesGoingOut } from '../policy/judging/files-going-out.ts';
import { screenFileTasks, type ScreenFileDeps } from '../policy/judging/screen-file.ts';
import type { Scanning } from '../policy/scan.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { blobsOf } from './files.ts';
import type { AppSetting } from './setting.ts';

export function filePolicyHandlers(
  { config }: Pick<AppSetting, 'config'>,
  judging: Omit<ScreenFileDeps, 'files' | 'isOurs'>,
  scanning: Pick<Scanning, 'textOf'>,
): TaskHandlers {
  const { domain } = config.homeserver;
  const files = { scanning, blobs: blobsOf(config) };
  return screenFileTasks({ ...judging, files, isOurs: (user) => isOurUser(user, domain) });
}

/** What a file on record says, read once more for whoever looks at what was found in it. */
export function fileTextOf(
  { config }: Pick<AppSetting, 'config'>,
  scanning: Pick<Scanning, 'textOf'>,
): (file: FileEntry) => Promise<readonly string[]> {
  const deps = { scanning, blobs: blobsOf(config) };
  return async (file) => (await saidInFile(file, deps)).pieces.map(({ text }) => text);
}

/** What lines that carry files are given with a message. */
export function filesGoingOutOf(
  { config, journal }: Pick<AppSetting, 'config' | 'journal'>,
  scanning: Pick<Scanning, 'textOf'>,
): FilesGoingOut {
  const onRecord: FilesGoingOut['onRecord'] = async (of) => {
    const rows = await journal.views.read((reading) => filesOnRecord(reading, of));
    return journal.readMany(rows.map(({ position }) => position));
  };
  return { scanning, blobs: blobsOf(config), onRecord };
}
