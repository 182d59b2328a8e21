/**
 * How every test runner and benchmark starts Chromium: one list of switches, so that what passes in one runner means the
 * same in another. Plain data without dependencies.
 *
 * Measured on a machine without a GPU: nothing more is needed for WebGL2. With `--use-angle=swiftshader` on top, Chromium
 * takes SwiftShader for hardware: timer queries appear, and `texImage2D(frame)` costs four times more.
 * `CONVOLUX_CHROMIUM_ARGS` adds such switches to a run.
 */
import process from 'node:process';

/**
 * The switches of every launch.
 *
 * @param {NodeJS.ProcessEnv} [env] Default: this process' own.
 * @returns {string[]}
 */
export function chromiumArgs(env = process.env) {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return [
    // The sandbox refuses to start as root, which is who tests are in a container.
    ...(asRoot ? ['--no-sandbox'] : []),
    // WebGL without a GPU, in the versions that would refuse it otherwise.
    '--enable-unsafe-swiftshader',
    // No test clicks before it plays a clip with sound.
    '--autoplay-policy=no-user-gesture-required',
    ...(env['CONVOLUX_CHROMIUM_ARGS']?.split(/\s+/).filter(Boolean) ?? []),
  ];
}

/**
 * The switches that grant a camera and put a fake one behind it.
 *
 * @param {string} [file] A Y4M or MJPEG file that the camera plays in a loop. Default: Chromium's test pattern.
 * @returns {string[]}
 */
export function fakeCameraArgs(file) {
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    ...(file === undefined ? [] : [`--use-file-for-fake-video-capture=${file}`]),
  ];
}

/**
 * Playwright's launch options: the Chromium that was found (see find-chromium.mjs), with a fake camera in it.
 *
 * @param {string} [cameraFile] As for {@link fakeCameraArgs}.
 * @returns {{ executablePath?: string, args: string[] }}
 */
export function cameraLaunchOptions(cameraFile) {
  const executablePath = process.env['CONVOLUX_CHROMIUM'];
  const args = [...chromiumArgs(), ...fakeCameraArgs(cameraFile)];
  return executablePath === undefined ? { args } : { executablePath, args };
}
