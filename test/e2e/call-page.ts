/** The call page as a test sees it: its words, the pixels that arrive, and what its peer connections say of themselves. */
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { button, readFigures } from '../support/live-page.ts';
import { fromBase64, installToBase64, type ToBase64 } from '../support/page-bytes.ts';
import type { RgbaPicture } from '../support/picture.ts';
import { expect } from './browser.ts';

type PeerSpy = { readonly peers: RTCPeerConnection[]; negotiations: number };

/** Stands before RTCPeerConnection from the next page load on. */
export async function spyOnPeers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const spy: PeerSpy = { peers: [], negotiations: 0 };
    Object.defineProperty(globalThis, 'peerSpy', { value: spy });
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(options?: RTCConfiguration) {
        super(options);
        spy.peers.push(this);
        this.addEventListener('negotiationneeded', () => (spy.negotiations += 1));
      }
    };
  });
}

/** The line in the header. */
export const statusOf = (page: Page): Locator => page.locator('[data-role=status]');

/** Presses "Start call" and waits until frames of the whole size arrive: a call begins with smaller ones. */
export async function startCall(page: Page, size = '640x360'): Promise<void> {
  await button(page, 'Start call').click();
  await expect(statusOf(page)).toContainText('In a call');
  await expect
    .poll(async () => (await readFigures(page))['received-size'], { message: 'the size', timeout: 30_000 })
    .toBe(size);
}

export type Sending = Readonly<{
  /** Of the track that is sent. */
  trackId: string;
  isEnabled: boolean;
  readyState: string;
  senders: number;
  /** How often any of the peers asked for a negotiation. */
  negotiations: number;
  /** What the receiver has decoded, in frames. */
  decoded: number;
  /** The receiver's clock, in ms. */
  atMs: number;
  codec: string;
}>;

export async function sendingOf(page: Page): Promise<Sending> {
  return page.evaluate(async () => {
    const { peers, negotiations } = Reflect.get(globalThis, 'peerSpy') as PeerSpy;
    const open = peers.filter(({ connectionState }) => connectionState === 'connected');
    const senders = open.flatMap((peer) => peer.getSenders()).filter(({ track }) => track !== null);
    const reports = await Promise.all(open.map((peer) => peer.getStats()));
    const all = reports.flatMap((report) => [...(report.values() as Iterable<RTCStats>)]);
    const inbound = all.find((one): one is RTCInboundRtpStreamStats => one.type === 'inbound-rtp');
    const codec = all.find(({ id }) => id === inbound?.codecId) as { mimeType?: string } | undefined;
    const track = senders[0]?.track;
    return {
      trackId: track?.id ?? '',
      isEnabled: track?.enabled ?? false,
      readyState: track?.readyState ?? '',
      senders: senders.length,
      negotiations,
      decoded: inbound?.framesDecoded ?? 0,
      atMs: inbound?.timestamp ?? 0,
      codec: codec?.mimeType ?? '',
    };
  });
}

/** What has come out of the far end's decoder, once there is something. */
export async function receivedPixels(page: Page): Promise<RgbaPicture> {
  await installToBase64(page);
  const { base64, ...size } = await page.locator('[data-role=received]').evaluate(async (element) => {
    const video = element as HTMLVideoElement;
    // Another track may have been put into it just now.
    if (video.readyState < video.HAVE_CURRENT_DATA)
      await new Promise((resolve) => {
        video.addEventListener('loadeddata', resolve, { once: true });
      });
    const { videoWidth: width, videoHeight: height } = video;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (context === null) throw new Error('no 2D canvas here');
    context.drawImage(video, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, base64: await (Reflect.get(globalThis, 'toBase64') as ToBase64)(data) };
  });
  return { ...size, data: fromBase64(base64) };
}

/** The cameras that are on, by name, however many tracks each is read by. */
export async function camerasOn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { tracks } = Reflect.get(globalThis, 'cameraSpy') as { tracks: readonly MediaStreamTrack[] };
    return [...new Set(tracks.filter(({ readyState }) => readyState === 'live').map(({ label }) => label))];
  });
}

export type Levels = Readonly<{ mean: readonly [r: number, g: number, b: number]; highest: number }>;

export function levelsOf({ data }: RgbaPicture): Levels {
  const sums = [0, 0, 0] as [number, number, number];
  let highest = 0;
  for (let i = 0; i < data.length; i++) {
    if (i % 4 === 3) continue;
    const level = data[i] ?? 0;
    sums[(i % 4) as 0 | 1 | 2] += level;
    highest = Math.max(highest, level);
  }
  const pixels = data.length / 4;
  return { mean: [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels], highest };
}
