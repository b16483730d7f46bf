/** Loaded before any schema is made: the page's policy forbids code made at run time, so the library shall not try. */
import { config } from 'zod';

config({ jitless: true });
