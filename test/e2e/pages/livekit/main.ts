/** LiveKit's own classes and the adapter, where a test can reach them. */
import { convoluxProcessor, type ConvoluxProcessor } from 'convolux/adapters/livekit';
import { filters } from 'convolux/pipelines';
import { createLocalVideoTrack, type LocalVideoTrack } from 'livekit-client';

export type Lab = {
  track: LocalVideoTrack | null;
  processor: ConvoluxProcessor | null;
  /** What the pipeline complained of, by code. */
  faults: string[];
  /** A camera as a room would publish it, shown, and sent by `sender`. */
  open: (deviceId?: string) => Promise<void>;
  process: (filter: string) => Promise<void>;
  filter: (name: string) => (typeof filters)[number];
  sender: RTCRtpSender;
};

const view = document.querySelector('video');
if (view === null) throw new Error('index.html must hold a video');
const peer = new RTCPeerConnection();

const lab: Lab = {
  track: null,
  processor: null,
  faults: [],
  sender: peer.addTransceiver('video').sender,
  open: async (deviceId) => {
    const resolution = { width: 640, height: 360, frameRate: 30 };
    lab.track = await createLocalVideoTrack({ resolution, ...(deviceId === undefined ? {} : { deviceId }) });
    lab.track.sender = lab.sender;
    await lab.sender.replaceTrack(lab.track.mediaStreamTrack);
    lab.track.attach(view);
  },
  process: async (name) => {
    lab.processor = convoluxProcessor({ filter: lab.filter(name), failurePolicy: 'black' });
    await lab.track?.setProcessor(lab.processor);
    lab.processor.pipeline?.diagnostics$.subscribe(({ code }) => lab.faults.push(code));
  },
  filter: (name) => {
    const found = filters.find((filter) => filter.name === name);
    if (found === undefined) throw new Error(`no filter '${name}'`);
    return found;
  },
};
Object.assign(globalThis, { lab });
