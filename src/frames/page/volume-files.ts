/** A volume from files: one PNG per slice, as scanners' exports and <input type="file" webkitdirectory> give them. */
import { PipelineError } from '../../core/errors.ts';
import type { Voxels } from '../../core/voxels.ts';

/** What a file is called: its way within a chosen folder, or its name; blobs have none. */
const nameOf = (file: Blob): string =>
  'name' in file ? (file as File).webkitRelativePath || (file as File).name : '';

const isPng = (file: Blob): boolean => file.type === 'image/png' || /\.png$/iu.test(nameOf(file));

/** slice2 before slice10. */
const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * The slices in the order of their names, numbers in them by their value, and blobs without one as they come. Files that are
 * no PNG are passed over, as folders hold others too. Colours become their luma (BT.709); 16-bit files are read in 8 bits, which
 * is what browsers give.
 * @throws PipelineError `volume-unreadable` when there is no PNG, one can't be decoded, or their sizes differ; it names the file.
 */
export async function readVolume(files: Iterable<Blob>): Promise<Voxels> {
  const slices = [...files].filter(isPng).sort((a, b) => compare(nameOf(a), nameOf(b)));
  const [first] = slices;
  if (first === undefined) {
    throw new PipelineError('volume-unreadable', 'There is no PNG file among those that were given: a volume needs one for each slice.'); // prettier-ignore
  }
  let data = new Uint8Array(0);
  let size = { width: 0, height: 0 };
  for (const [slice, file] of slices.entries()) {
    const picture = await decode(file, slice);
    if (slice === 0) {
      size = { width: picture.width, height: picture.height };
      data = new Uint8Array(slices.length * size.width * size.height);
    } else if (picture.width !== size.width || picture.height !== size.height) {
      throw differing(named(first, 0), size, named(file, slice), picture);
    }
    writeGrey(picture.data, data.subarray(slice * size.width * size.height));
  }
  return { data, shape: [slices.length, size.height, size.width] };
}

const named = (file: Blob, slice: number): string => nameOf(file) || `slice ${slice}`;

type Size = Readonly<{ width: number; height: number }>;

function differing(first: string, size: Size, other: string, got: Size): PipelineError {
  return new PipelineError(
    'volume-unreadable',
    `The slices of a volume must have one size: ${first} has ${size.width}×${size.height} px, ${other} has ${got.width}×${got.height}.`,
    { context: { file: other } },
  );
}

async function decode(file: Blob, slice: number): Promise<ImageData> {
  const name = named(file, slice);
  try {
    // The values of the file, whatever profile it carries.
    const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    try {
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true }); // prettier-ignore
      if (context === null) throw new Error('no 2D canvas');
      context.drawImage(bitmap, 0, 0);
      return context.getImageData(0, 0, width, height);
    } finally {
      bitmap.close();
    }
  } catch (cause) {
    const message = `The slice ${name} could not be read: it is damaged, or no PNG.`;
    throw new PipelineError('volume-unreadable', message, { cause, context: { file: name } });
  }
}

function writeGrey(rgba: Uint8ClampedArray, grey: Uint8Array): void {
  for (let i = 0; 4 * i < rgba.length; i++) {
    const [r = 0, g = 0, b = 0] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
    grey[i] = Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b);
  }
}
