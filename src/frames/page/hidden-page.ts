/**
 * What a source that the page drives needs to know of a page that may be hidden: there browsers stop
 * requestVideoFrameCallback and requestAnimationFrame and let timers run once a second, while a `<video>` plays on.
 */
export interface HiddenPage {
  /**
   * Calls `take` about sixty times a second, one call at a time, while the page is hidden.
   * @param take never rejects.
   * @returns ends it. Idempotent.
   */
  whileHidden(take: () => Promise<void>): () => void;
  /**
   * Tells each time that the page is shown again.
   * @returns ends it. Idempotent.
   */
  onShown(told: () => void): () => void;
}

/**
 * Keeps a video's pictures coming while its page is hidden, and the video playing when it is shown again.
 * @param take takes the picture of now; never rejects.
 * @returns ends it. Idempotent.
 */
export function goOnHidden(video: HTMLVideoElement, page: HiddenPage, take: () => Promise<void>): () => void {
  const endTaking = page.whileHidden(take);
  const endPlaying = page.onShown(() => {
    // Some platforms pause what nobody sees.
    if (video.paused && !video.ended) video.play().catch(() => undefined);
  });
  return () => {
    endTaking();
    endPlaying();
  };
}
