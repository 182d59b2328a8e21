/** The element's attributes as properties: what is set on one side is read on the other. */
import type { ParamValue } from '../graph/filter.ts';
import type { VideoEventElement } from './events.ts';
import { parseParams } from './settings.ts';

/** A server has no elements, and imports this all the same. */
const Base = (typeof HTMLElement === 'undefined' ? Object : HTMLElement) as new () => VideoEventElement;

export abstract class WrittenElement extends Base {
  /** 'camera' | 'screen' | 'video' | 'pattern'; '' is 'camera', or 'video' where `src` is given. */
  get source(): string {
    return this.#text('source');
  }
  set source(value: string | null) {
    this.#write('source', value);
  }

  /** Address of a clip. */
  get src(): string {
    return this.#text('src');
  }
  set src(value: string | null) {
    this.#write('src', value);
  }

  /** A camera's `deviceId`, as `listCameras()` has it; '' is any. */
  get device(): string {
    return this.#text('device');
  }
  set device(value: string | null) {
    this.#write('device', value);
  }

  /** 'user' | 'environment': which way the camera looks, where no `device` is given; '' is either. */
  get facingMode(): string {
    return this.#text('facing-mode');
  }
  set facingMode(value: string | null) {
    this.#write('facing-mode', value);
  }

  /** Name of a filter; '' is 'none'. */
  get filter(): string {
    return this.#text('filter');
  }
  set filter(value: string | null) {
    this.#write('filter', value);
  }

  /** The filter's parameters that are given; none where the attribute is no JSON object. */
  get params(): Readonly<Record<string, ParamValue>> {
    try {
      return parseParams(this.#text('params')) as Readonly<Record<string, ParamValue>>;
    } catch {
      return {};
    }
  }
  set params(value: Readonly<Record<string, ParamValue>> | null) {
    this.#write('params', value === null ? null : JSON.stringify(value));
  }

  /** Frames per second that are asked for; null is as many as come. */
  get targetFps(): number | null {
    const text = this.#text('target-fps');
    return text === '' ? null : Number(text);
  }
  set targetFps(value: number | null) {
    this.#write('target-fps', value);
  }

  /** 'maintain-framerate' | 'maintain-resolution' | 'balanced'; '' is the first. */
  get degradation(): string {
    return this.#text('degradation');
  }
  set degradation(value: string | null) {
    this.#write('degradation', value);
  }

  /** 'freeze' | 'black' | 'passthrough', of the next start; '' is the first. */
  get failure(): string {
    return this.#text('failure');
  }
  set failure(value: string | null) {
    this.#write('failure', value);
  }

  /** Whether the button, the state and the frame rate are shown. */
  get controls(): boolean {
    return this.hasAttribute('controls');
  }
  set controls(value: boolean) {
    this.toggleAttribute('controls', value);
  }

  /** Whether what is seen on this page is mirrored; nothing else is. */
  get mirrored(): boolean {
    return this.hasAttribute('mirrored');
  }
  set mirrored(value: boolean) {
    this.toggleAttribute('mirrored', value);
  }

  /** Address of a picture for the time when nothing runs. */
  get poster(): string {
    return this.#text('poster');
  }
  set poster(value: string | null) {
    this.#write('poster', value);
  }

  /** Whether it starts when it is in a document. */
  get autostart(): boolean {
    return this.hasAttribute('autostart');
  }
  set autostart(value: boolean) {
    this.toggleAttribute('autostart', value);
  }

  #text(attribute: string): string {
    return this.getAttribute(attribute) ?? '';
  }

  #write(attribute: string, value: string | number | null): void {
    if (value === null) this.removeAttribute(attribute);
    else this.setAttribute(attribute, String(value));
  }
}
