/**
 * Recordings between the page that makes them and the page that shows them: files of this site alone, in the browser's own
 * storage, so that they survive a reload and never fill the memory. Each is kept for a day, or until it is deleted.
 */

const FOLDER = 'recordings';
const KEPT_MS = 24 * 60 * 60 * 1000;

export type Recorded = Readonly<{ name: string; sizeBytes: number; at: Date }>;

/** False where the browser keeps no files for a page. */
export function canKeepRecordings(): boolean {
  // Absent on insecure origins and in older browsers, whatever the type says.
  const storage = navigator.storage as Partial<StorageManager> | undefined;
  return typeof storage?.getDirectory === 'function';
}

/** A new file, named by its time: 'recording-2026-11-21-22-31-05.mp4'. */
export async function newRecording(extension: string): Promise<FileSystemFileHandle> {
  const folder = await openFolder();
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const stamp = local.toISOString().slice(0, 19).replaceAll(/[T:]/gu, '-');
  return folder.getFileHandle(`recording-${stamp}.${extension}`, { create: true });
}

/** @returns null where it is gone. */
export async function readRecording(name: string): Promise<File | null> {
  try {
    return await (await (await openFolder()).getFileHandle(name)).getFile();
  } catch {
    return null;
  }
}

export async function deleteRecording(name: string): Promise<void> {
  await (await openFolder()).removeEntry(name);
}

/** Those with anything in them, the newest first; what is older than a day is deleted on the way. */
export async function keptRecordings(): Promise<readonly Recorded[]> {
  const kept: Recorded[] = [];
  const folder = await openFolder();
  for await (const entry of folder.values()) {
    if (!(entry instanceof FileSystemFileHandle)) continue;
    const { name, size, lastModified } = await entry.getFile();
    // One that is being written is empty until it is whole, and younger than that.
    if (Date.now() - lastModified > KEPT_MS) await folder.removeEntry(name);
    else if (size > 0) kept.push({ name, sizeBytes: size, at: new Date(lastModified) });
  }
  return kept.sort((a, b) => b.at.getTime() - a.at.getTime());
}

/** Where a recording is shown. */
export function recordingAddress(page: string, name: string): string {
  return `${page}?${new URLSearchParams({ recording: name }).toString()}`;
}

async function openFolder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}
