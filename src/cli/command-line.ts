/** The command line `convolux`: what can be typed, and what each mistake is answered with. */
import { Command, CommanderError, Option } from 'commander';
import { filters } from '../../pipelines/index.ts';
import { CLIP_ERROR_POLICIES } from '../clips/clip-types.ts';
import { makeClip, makeClips, type ClipOptions, type ClipsOptions } from './clip-commands.ts';
import { NoBrowser } from './clip-runner.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { filterLines } from './filters-table.ts';
import {
  collect,
  readBitrate,
  readCodec,
  readContainer,
  readFrameRate,
  readJobs,
  readSeconds,
  readSize,
} from './option-values.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage-error.ts';

const AFTER_HELP = `
Examples:
  convolux clip in.mp4 --filter edge --param strength=2 --out out.mp4
  convolux clip in.mp4 --filter blur --from 2 --to 8 --out part.webm --codec vp9
  convolux clips 'in/*.mp4' --filter sharpen --out done --jobs 2 --resume

Exit status:
  0 all is done   1 a clip failed   2 wrong usage   3 no browser   130 Ctrl+C   143 SIGTERM`;

/**
 * @param args without the interpreter and the script.
 * @returns the exit status.
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let status: number = EXIT_CODES.done;
  const program = createProgram(surroundings, (found) => {
    status = found;
  });
  const complain = (message: string): void => {
    surroundings.stderr.write(`convolux: ${message}\n`);
  };
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    // It has said so itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
    if (error instanceof UsageError) complain(error.message);
    else if (error instanceof NoBrowser) complain(error.message);
    else throw error;
    return error instanceof NoBrowser ? EXIT_CODES.noBrowser : EXIT_CODES.usage;
  }
}

function createProgram(surroundings: Surroundings, end: (status: number) => void): Command {
  const { stdout, stderr, version } = surroundings;
  // Subcommands take both on when they are made.
  const program = new Command('convolux')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        stdout.write(text);
      },
      writeErr: (text) => {
        stderr.write(text);
      },
      getOutHelpWidth: () => (stdout.isTTY ? stdout.columns : 100),
      getErrHelpWidth: () => (stderr.isTTY ? stderr.columns : 100),
    })
    .description('Filters clips, frame by frame with their sound, in a headless Chromium.')
    .version(version, '-V, --version', 'print the version')
    .addHelpText('after', AFTER_HELP);

  withClipOptions(program.command('clip'))
    .description('make one clip')
    .argument('<input>', 'the clip to read')
    .requiredOption('--out <file>', 'the clip to make, .mp4 or .webm')
    .action(async (input: string, options: ClipOptions) => {
      end(await makeClip(input, options, surroundings));
    });

  withClipOptions(program.command('clips'))
    .description('make many clips, each a job of its own')
    .argument('<inputs...>', "clips, or patterns in quotes: 'in/**/*.mp4'")
    .requiredOption('--out <folder>', 'where the clips go, under their own names')
    .option('--jobs <n>', 'how many at a time', readJobs, 1)
    .option('--resume', 'leave out clips whose outputs are newer than they are', false)
    .action(async (inputs: readonly string[], options: ClipsOptions) => {
      end(await makeClips(inputs, options, surroundings));
    });

  program
    .command('filters')
    .description('list the filters and their parameters')
    .option('--json', 'as JSON', false)
    .action(({ json }: Readonly<{ json: boolean }>) => {
      const text = json ? JSON.stringify(filters, undefined, 2) : filterLines(filters).join('\n');
      stdout.write(`${text}\n`);
    });
  return program;
}

function withClipOptions(command: Command): Command {
  const none: readonly string[] = [];
  return command
    .option('--filter <name>', "a built-in filter: 'convolux filters' lists them")
    .option('--param <name=value>', 'a parameter of the filter; may be given several times', collect, none)
    .option('--graph <file>', 'a graph as JSON, in place of a filter')
    .option('--from <seconds>', 'begin there (default: the beginning)', readSeconds)
    .option('--to <seconds>', 'end before it (default: the end)', readSeconds)
    .option('--codec <name>', 'avc (h264), vp9, av1, vp8, hevc (h265) (default: by container)', readCodec)
    .option('--container <name>', 'mp4 or webm (default: by name)', readContainer)
    .option('--bitrate <bits>', 'of the picture, per second: 4M, 500k (default: by size)', readBitrate)
    .option('--fps <rate>', 'keep, or frames per second (default: keep)', readFrameRate)
    .option('--size <size>', '640x360, 640x or x360 (default: as it is)', readSize)
    .option('--no-audio', 'leave out the sound')
    .addOption(
      new Option('--on-error <what>', 'what a damaged middle does: stop there, or skip it')
        .choices(CLIP_ERROR_POLICIES)
        .default('stop'),
    )
    .option('--force', 'write over what is there', false)
    .option('--json', 'tell what happens as JSON, a line each', false);
}
