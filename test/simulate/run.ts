/** The command: traces from its arguments, words on the terminal. */
import process from 'node:process';
import { main } from './main.ts';

/** 1 when a bar is missed, or a trace can't be read. */
export const exitStatus = await main(process.argv.slice(2), {
  print: (line) => {
    console.log(line);
  },
  complain: (line) => {
    console.error(line);
  },
});
