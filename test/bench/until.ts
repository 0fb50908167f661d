/** Waits until `condition` holds, looking every few milliseconds. @throws Error naming `what` after `ms` */
export async function until(what: string, condition: () => boolean, ms: number): Promise<void> {
  const give = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > give) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}
