/** The track that the caller gets: what it tells of itself is true, and so is what its clones tell. */
import type { ContentHint } from './content-hint.ts';

/** What is known of the frames; browsers know little of a track that is written to. */
export type TrackFacts = Readonly<Pick<MediaTrackSettings, 'width' | 'height' | 'frameRate' | 'facingMode'>>;

export class OutputTrack {
  readonly media: MediaStreamTrack;
  readonly #facts: () => TrackFacts;
  /** Itself, the clones that were made of it, and clones of those. */
  readonly #tracks = new Set<MediaStreamTrack>();

  constructor(media: MediaStreamTrack, contentHint: ContentHint, facts: () => TrackFacts) {
    this.#facts = facts;
    this.media = this.#dress(media);
    media.contentHint = contentHint;
  }

  /** Whether whoever had it stopped it, with all that was cloned of it: nothing tells that by itself. */
  get isStopped(): boolean {
    for (const track of this.#tracks) if (track.readyState === 'ended') this.#tracks.delete(track);
    return this.#tracks.size === 0;
  }

  /** Ends its clones too. */
  stop(): void {
    for (const track of this.#tracks) track.stop();
  }

  #dress(track: MediaStreamTrack): MediaStreamTrack {
    const settings = track.getSettings.bind(track);
    const clone = track.clone.bind(track);
    track.getSettings = () => ({ ...settings(), ...this.#facts() });
    track.clone = () => this.#dress(clone());
    this.#tracks.add(track);
    return track;
  }
}
