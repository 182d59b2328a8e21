/** What an element tells, by the name of the event. */
import type { ParamValues } from '../graph/filter.ts';
import type { FrameMeasurements, PipelineStats } from '../session/pipeline-types.ts';
import type { VideoError, VideoState } from './video-store.ts';

export type FilterChange = Readonly<{ filter: string; params: ParamValues }>;

export type ConvoluxVideoEvents = {
  /** Another state, with the error of one that failed or is interrupted. */
  statechange: CustomEvent<VideoState>;
  /** The figures, every 250 ms while frames may flow. */
  stats: CustomEvent<PipelineStats>;
  /** A mistake in an attribute, or a fault. Whatever ran goes on, unless the state says otherwise. */
  error: CustomEvent<VideoError>;
  /** From now on frames are shown through this filter with these parameters. */
  filterchange: CustomEvent<FilterChange>;
  /** What the filter measured of a frame that is shown. */
  measurement: CustomEvent<FrameMeasurements>;
};

export type ConvoluxVideoEventMap = Omit<HTMLElementEventMap, keyof ConvoluxVideoEvents> &
  ConvoluxVideoEvents;

/** An element whose listeners know what they hear. */
export interface VideoEventElement extends HTMLElement {
  addEventListener<K extends keyof ConvoluxVideoEventMap>(
    type: K,
    listener: (this: this, event: ConvoluxVideoEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof ConvoluxVideoEventMap>(
    type: K,
    listener: (this: this, event: ConvoluxVideoEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}
