/**
 * Two peer connections on one page that find each other without a server: the near one sends a track, the far one receives
 * it. Owns both.
 */

/** Bits per second at most: what a call gives to a picture of this size. */
const MAX_BITRATE = 2_500_000;

export type Peers = Readonly<{
  sender: RTCRtpSender;
  /** Resolves with what arrives; rejects when the two ends can't reach each other. */
  received: Promise<MediaStream>;
  /** How often the two ends have agreed on what is sent: once, unless somebody changes that. */
  negotiations: () => number;
  /** What the far end has counted. */
  stats: () => Promise<RTCStatsReport>;
  close: () => void;
}>;

/** @borrows track */
export function connectPeers(track: MediaStreamTrack): Peers {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  let negotiations = 0;
  const received = new Promise<MediaStream>((resolve, reject) => {
    const fail = (cause: unknown): void => {
      reject(new Error('The two ends of the call could not reach each other.', { cause }));
    };
    far.addEventListener('track', ({ streams: [stream], track: arrived }) => {
      resolve(stream ?? new MediaStream([arrived]));
    });
    near.addEventListener('connectionstatechange', () => {
      if (near.connectionState === 'failed') fail(near.connectionState);
    });
    // As a page with a server between the two would do it.
    near.addEventListener('negotiationneeded', () => {
      negotiations += 1;
      negotiate(near, far).catch(fail);
    });
  });
  handOver(near, far);
  handOver(far, near);
  const transceiver = near.addTransceiver(track, {
    direction: 'sendonly',
    streams: [new MediaStream([track])],
    sendEncodings: [{ maxBitrate: MAX_BITRATE }],
  });
  preferVp8(transceiver);
  return {
    sender: transceiver.sender,
    received,
    negotiations: () => negotiations,
    stats: () => far.getStats(),
    close: () => {
      near.close();
      far.close();
    },
  };
}

function handOver(from: RTCPeerConnection, to: RTCPeerConnection): void {
  from.addEventListener('icecandidate', ({ candidate }) => {
    // One that comes late is of no use to a call that has ended.
    to.addIceCandidate(candidate ?? undefined).catch(() => undefined);
  });
}

async function negotiate(near: RTCPeerConnection, far: RTCPeerConnection): Promise<void> {
  await near.setLocalDescription();
  if (near.localDescription !== null) await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  if (far.localDescription !== null) await near.setRemoteDescription(far.localDescription);
}

/** The codec that is lightest for a processor that has to do all of it, and that every browser has. */
function preferVp8(transceiver: RTCRtpTransceiver): void {
  // Older browsers lack the one or the other.
  const receiver = RTCRtpReceiver as Partial<typeof RTCRtpReceiver>;
  const codecs = receiver.getCapabilities?.('video')?.codecs ?? [];
  const isVp8 = ({ mimeType }: RTCRtpCodec): boolean => mimeType.toLowerCase() === 'video/vp8';
  if (!codecs.some(isVp8) || !('setCodecPreferences' in transceiver)) return;
  transceiver.setCodecPreferences([...codecs.filter(isVp8), ...codecs.filter((codec) => !isVp8(codec))]);
}
